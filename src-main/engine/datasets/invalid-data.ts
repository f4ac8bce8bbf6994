import type { Text } from '../../common/layers/text.ts'
import type { ErrorCode, Failure, Result } from '../../common/result.ts'
import { refusal } from '../../common/result.ts'

/** Somebody's files are not what was expected. Thrown inside readers, answered as a failure by whoever calls them. */
export class InvalidData extends Error {
  readonly code: ErrorCode
  readonly text: Text

  constructor(text: Text, code: ErrorCode = 'invalid-dataset') {
    super(text.en)
    this.code = code
    this.text = text
  }
}

/** What `work` gives, or why it could not be: an InvalidData's sentence, or what the file system said. */
export async function withFaultsAsFailures<T>(work: () => Promise<T>): Promise<Result<T>> {
  try {
    return { ok: true, value: await work() }
  } catch (error) {
    return { ok: false, error: describeFault(error) }
  }
}

/** The failure that an error stands for; throws what is no fault of any file. */
export function describeFault(error: unknown): Failure & { readonly text: Text } {
  if (error instanceof InvalidData) return refusal(error.code, error.text)
  const { code, path } = error as NodeJS.ErrnoException
  const file = path ?? 'the data'
  const fileKo = path ?? '데이터'
  const details = String(error)
  if (code === 'ENOENT')
    return refusal('missing-dataset', {
      en: `Data were expected at ${file}. Nothing is there.`,
      ko: `다음 위치에 데이터가 있어야 하지만 아무것도 없습니다: ${fileKo}`,
    })
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return refusal(
      'no-permission',
      {
        en: `Convas may not use ${file}. Change its permissions.`,
        ko: `Convas에 다음 위치의 사용 권한이 없습니다: ${fileKo}. 권한을 바꾸세요.`,
      },
      details,
    )
  if (code === 'ENOSPC')
    return refusal(
      'disk-full',
      {
        en: 'There is no space left on the disk for what was to be written. Free some space.',
        ko: '저장할 디스크 공간이 부족합니다. 공간을 확보하세요.',
      },
      details,
    )
  if (code !== undefined && /^E[A-Z0-9]+$/.test(code))
    return refusal(
      'invalid-dataset',
      { en: `${file} could not be read (${code}).`, ko: `다음 위치를 읽지 못했습니다: ${fileKo} (${code}).` },
      details,
    )
  throw error
}
