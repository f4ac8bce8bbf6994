import type { Text } from '../../common/layers/text.ts'
import type { Failure } from '../../common/result.ts'
import { refusal } from '../../common/result.ts'

/** What TensorFlow, WebAssembly and JavaScript say when there is no memory left. */
const memoryWords =
  /OOM when allocating|RESOURCE_?EXHAUSTED|out of memory|bad_alloc|allocation failed|unable to grow|cannot enlarge memory/i

/** Why a run could not be written or went wrong. */
export function failureOf(error: unknown, folder: string, batchSize: number): Failure {
  const code = (error as { code?: string } | null)?.code
  if (code === 'ENOSPC')
    return refusal('disk-full', {
      en: `There is no space left to write the run in ${folder}. Free some space.`,
      ko: `${folder}에 실행 기록을 쓸 공간이 없습니다. 공간을 확보하세요.`,
    })
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return refusal('no-permission', {
      en: `The run folder ${folder} cannot be written.`,
      ko: `실행 기록 폴더 ${folder}에 쓸 수 없습니다.`,
    })
  const reason = error instanceof Error ? error.message : String(error)
  const details = error instanceof Error && error.stack !== undefined ? { details: error.stack } : {}
  if (isOutOfMemory(error)) return { ...refusal('out-of-memory', memoryText(batchSize)), ...details }
  return {
    ...refusal('training-failed', {
      en: `Training stopped: ${reason}`,
      ko: `학습이 멈췄습니다(${reason}).`,
    }),
    ...details,
  }
}

/** Whether an error of the backend means that it could get no more memory. */
export function isOutOfMemory(error: unknown): boolean {
  return memoryWords.test(error instanceof Error ? error.message : String(error))
}

function memoryText(batchSize: number): Text {
  if (batchSize === 1)
    return {
      en: 'There is not enough memory to train even with batches of one sample. Use a smaller model or smaller pictures.',
      ko: '배치 크기 1로도 학습할 메모리가 부족합니다. 더 작은 모델이나 더 작은 그림을 사용하세요.',
    }
  const half = Math.floor(batchSize / 2)
  return {
    en: `There is not enough memory to train with batches of ${batchSize}. Train with half the batch (${half}); it needs about half of it.`,
    ko: `배치 크기 ${batchSize}(으)로 학습하기에는 메모리가 부족합니다. 배치 크기를 절반(${half})으로 줄이면 메모리도 절반쯤 필요합니다.`,
  }
}
