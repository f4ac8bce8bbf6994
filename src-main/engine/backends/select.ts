import type { BackendChoice } from '../../common/engine-protocol.ts'
import type { Result } from '../../common/result.ts'
import { failureIn, success } from '../../common/result.ts'
import type { Backend } from './backend.ts'
import { openTensorflow } from './tensorflow.ts'
import { openCpu, openWasm } from './wasm.ts'

/** Opens the chosen backend. `auto` is native TensorFlow, or WebAssembly with advice where that does not load. */
export async function openBackend(choice: BackendChoice): Promise<Result<Backend>> {
  if (choice === 'cpu') return attempt('cpu', openCpu)
  if (choice === 'wasm') return attempt('wasm', openWasm)
  const native = await attempt('tensorflow', openTensorflow)
  if (native.ok || choice === 'tensorflow') return native
  const wasm = await attempt('wasm', openWasm)
  if (!wasm.ok) return wasm
  const advice = {
    en: 'Native TensorFlow is not set up, so training runs on WebAssembly and is slower. To set it up: npm run setup',
    ko: '네이티브 TensorFlow가 설치되어 있지 않아 더 느린 WebAssembly로 학습합니다. 설치하려면 npm run setup 을 실행하세요.',
  }
  return success({ ...wasm.value, status: { ...wasm.value.status, advice } })
}

async function attempt(name: string, open: () => Promise<Backend>): Promise<Result<Backend>> {
  try {
    return success(await open())
  } catch (error) {
    return failureIn(
      'unsupported',
      name === 'tensorflow'
        ? {
            en: 'Native TensorFlow could not be loaded. To set it up: npm run setup',
            ko: '네이티브 TensorFlow를 불러오지 못했습니다. 설치하려면 npm run setup 을 실행하세요.',
          }
        : { en: `The backend "${name}" could not be started.`, ko: `"${name}" 백엔드를 시작하지 못했습니다.` },
      error instanceof Error ? (error.stack ?? error.message) : String(error),
    )
  }
}
