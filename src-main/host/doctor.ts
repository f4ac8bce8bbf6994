import { spawnSync } from 'node:child_process'
import { readFileSync, statfsSync } from 'node:fs'
import path from 'node:path'
import type { BackendStatus, DoctorCheck, DoctorReport } from '../common/contract.ts'
import type { Text } from '../common/layers/text.ts'
import type { Result } from '../common/result.ts'
import { success } from '../common/result.ts'
import { findElectron, hasDisplay } from './electron-binary.ts'
import { findWriteFault } from './folder.ts'
import type { Folders } from './paths.ts'

export interface DoctorOptions {
  readonly askBackend: () => Promise<Result<BackendStatus>>
  readonly folders: Folders
  readonly projectFolder: string
}

const setUpCommand = 'npm run setup'
const retryCommand = 'npm start -- --retry'
/** Less than this is soon full: a run's snapshots, a decoded data set. */
const fewBytes = 1e9

/** What of Convas works on this machine, and the one command that mends what does not. */
export async function examine({ askBackend, folders, projectFolder }: DoctorOptions): Promise<Result<DoctorReport>> {
  const backend = await askBackend()
  if (!backend.ok) return backend
  const checks = [
    nativeCheck(backend.value, lastFailure(folders.cache)),
    gpuCheck(backend.value, findGraphicsCard()),
    electronCheck(findElectron(projectFolder)),
    displayCheck(hasDisplay()),
    await folderCheck('projects', folders.projects),
    await folderCheck('cache', folders.cache),
  ]
  return success({ backend: backend.value, checks })
}

/** `failure` is the sentence that the last try to set it up ended with; null where there is none. */
export function nativeCheck({ backend, version, device }: BackendStatus, failure: string | null): DoctorCheck {
  const title: Text = { en: 'Native TensorFlow', ko: '네이티브 TensorFlow' }
  if (backend === 'tensorflow') {
    const found = `${version}, ${device}`
    return { id: 'native', title, ok: true, found: { en: found, ko: found }, advice: null }
  }
  const name = backend === 'wasm' ? 'WebAssembly' : 'JavaScript'
  const reason = failure === null ? { en: '', ko: '' } : { en: ` ${failure}`, ko: ` 지난 설치 시도의 결과: ${failure}` }
  return {
    id: 'native',
    title,
    ok: false,
    found: {
      en: `not in use; ${name} computes instead, which is slower.${reason.en}`,
      ko: `사용하지 않습니다. 더 느린 ${name}(으)로 계산합니다.${reason.ko}`,
    },
    advice: { en: 'Set it up', ko: '설치하기', command: setUpCommand },
  }
}

/** `card` is the name of an NVIDIA GPU that its driver knows; null where there is none. */
export function gpuCheck({ gpu = false }: BackendStatus, card: string | null): DoctorCheck {
  const title: Text = { en: 'GPU', ko: 'GPU' }
  if (card === null)
    return {
      id: 'gpu',
      title,
      ok: true,
      found: { en: 'no NVIDIA GPU; the processor computes', ko: 'NVIDIA GPU가 없어 CPU로 계산합니다' },
      advice: null,
    }
  if (gpu) return { id: 'gpu', title, ok: true, found: { en: card, ko: card }, advice: null }
  return {
    id: 'gpu',
    title,
    ok: false,
    found: { en: `${card}, but it is not in use`, ko: `${card}이(가) 있지만 사용하지 않습니다` },
    advice: {
      en: 'Set up the build for GPUs (about 3.5 GB)',
      ko: 'GPU용 TensorFlow 설치하기(약 3.5GB)',
      command: setUpCommand,
    },
  }
}

function electronCheck(electron: string | null): DoctorCheck {
  return {
    id: 'electron',
    title: { en: 'Electron', ko: 'Electron' },
    ok: electron !== null,
    found:
      electron === null
        ? { en: 'not fetched; the web host serves instead', ko: '내려받지 못해 웹 호스트로 대신합니다' }
        : { en: electron, ko: electron },
    advice: electron === null ? { en: 'Fetch it', ko: '내려받기', command: retryCommand } : null,
  }
}

function displayCheck(ok: boolean): DoctorCheck {
  return {
    id: 'display',
    title: { en: 'Display', ko: '화면' },
    ok,
    found: ok
      ? { en: 'yes', ko: '있음' }
      : { en: 'none; the web host serves instead', ko: '화면이 없어 웹 호스트로 대신합니다' },
    advice: ok ? null : { en: 'Open it in a browser', ko: '브라우저로 열기', command: 'npx convas serve' },
  }
}

async function folderCheck(id: 'projects' | 'cache', folder: string): Promise<DoctorCheck> {
  const title: Text =
    id === 'projects' ? { en: 'Projects folder', ko: '프로젝트 폴더' } : { en: 'Cache folder', ko: '캐시 폴더' }
  const fault = await findWriteFault(folder)
  if (fault !== null) {
    const variable = id === 'cache' ? 'CONVAS_CACHE' : 'CONVAS_HOME'
    return {
      id,
      title,
      ok: false,
      found: { en: fault.message, ko: `${folder}: 쓸 수 없습니다. (${fault.message})` },
      advice: {
        en: `Set ${variable} to a folder of your own.`,
        ko: `${variable} 환경 변수를 쓸 수 있는 폴더로 지정하세요.`,
        command: null,
      },
    }
  }
  const free = freeBytes(folder)
  if (free >= fewBytes) return { id, title, ok: true, found: { en: folder, ko: folder }, advice: null }
  const megabytes = Math.round(free / 1e6)
  return {
    id,
    title,
    ok: false,
    found: { en: `${folder}, with only ${megabytes} MB free`, ko: `${folder}, 남은 공간이 ${megabytes}MB뿐입니다` },
    advice: { en: 'Free some space.', ko: '디스크 공간을 확보하세요.', command: null },
  }
}

function freeBytes(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize
  } catch {
    return Infinity
  }
}

/** What the set-up of native TensorFlow has written down when it failed (scripts/native/failure.mjs). */
function lastFailure(cacheFolder: string): string | null {
  try {
    const stored = JSON.parse(readFileSync(path.join(cacheFolder, 'tensorflow', 'failure.json'), 'utf8')) as {
      readonly message?: unknown
    }
    return typeof stored.message === 'string' ? stored.message : null
  } catch {
    return null
  }
}

function findGraphicsCard(): string | null {
  if (process.platform !== 'linux') return null
  const found = spawnSync('nvidia-smi', ['--query-gpu=name', '--format=csv,noheader'], {
    encoding: 'utf8',
    timeout: 5_000,
  })
  return found.status === 0 ? (found.stdout.split('\n')[0] ?? '').trim() || null : null
}
