import type { Failure } from '../../common/result.ts'

/** Why a run could not be written or went wrong. */
export function failureOf(error: unknown, folder: string): Failure {
  const code = (error as { code?: string } | null)?.code
  if (code === 'ENOSPC')
    return { code: 'disk-full', message: `There is no space left to write the run in ${folder}. Free some space.` }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return { code: 'no-permission', message: `The run folder ${folder} cannot be written.` }
  return {
    code: 'training-failed',
    message: `Training stopped: ${error instanceof Error ? error.message : String(error)}`,
    ...(error instanceof Error && error.stack !== undefined ? { details: error.stack } : {}),
  }
}
