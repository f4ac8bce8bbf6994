import type { Failure } from '../../common/result.ts'

/** What a command's process ends with. */
export const exitCodes = { done: 0, failed: 1, wrongUse: 2, interrupted: 130 } as const
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** The exit code for a refusal: 2 where the words on the command line were wrong, else 1. */
export function exitCodeFor(error: Failure): ExitCode {
  if (error.code === 'cancelled') return exitCodes.interrupted
  return error.code === 'invalid-request' ? exitCodes.wrongUse : exitCodes.failed
}

/** Tells a refusal on the error output, or as a JSON document where JSON was asked for; gives the exit code. */
export function reportFailure(error: Failure, json: boolean): ExitCode {
  if (json) printJson({ ok: false, error })
  else printError(error.message)
  return exitCodeFor(error)
}

export function printJson(value: unknown): void {
  process.stdout.write(JSON.stringify(value) + '\n')
}

export function print(line = ''): void {
  process.stdout.write(line + '\n')
}

export function printError(message: string): void {
  process.stderr.write(`convas: ${message}\n`)
}
