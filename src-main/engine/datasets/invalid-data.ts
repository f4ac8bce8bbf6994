import type { ErrorCode, Failure, Result } from '../../common/result.ts'

/** Somebody's files are not what was expected. Thrown inside readers, answered as a failure by whoever calls them. */
export class InvalidData extends Error {
  readonly code: ErrorCode

  constructor(message: string, code: ErrorCode = 'invalid-dataset') {
    super(message)
    this.code = code
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
export function describeFault(error: unknown): Failure {
  if (error instanceof InvalidData) return { code: error.code, message: error.message }
  const { code, path } = error as NodeJS.ErrnoException
  const file = path ?? 'the data'
  const details = String(error)
  if (code === 'ENOENT') return { code: 'missing-dataset', message: `Data were expected at ${file}. Nothing is there.` }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return { code: 'no-permission', message: `Convas may not use ${file}. Change its permissions.`, details }
  if (code === 'ENOSPC')
    return { code: 'disk-full', message: 'There is no space left for the decoded data. Free some space.', details }
  if (code !== undefined && /^E[A-Z0-9]+$/.test(code))
    return { code: 'invalid-dataset', message: `${file} could not be read (${code}).`, details }
  throw error
}
