import type { Text } from './layers/text.ts'

/** Every way in which a border of Convas can refuse; the renderer has a sentence for each. */
export const errorCodes = [
  'invalid-request',
  'invalid-project',
  'newer-project',
  'unknown-layer',
  'not-found',
  'changed-elsewhere',
  'already-exists',
  'no-permission',
  'disk-full',
  'port-in-use',
  'missing-dataset',
  'invalid-dataset',
  'invalid-model',
  'invalid-run',
  'unsupported',
  'engine-crashed',
  'training-failed',
  'out-of-memory',
  'cancelled',
  'internal',
] as const
export type ErrorCode = (typeof errorCodes)[number]

/** A refusal: what was expected, what came, and what to do. `details` is for the log, never for the headline. */
export interface Failure {
  readonly code: ErrorCode
  readonly message: string
  /** The message in every language, where it is at hand. */
  readonly text?: Text
  readonly details?: string
}

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: Failure }

export function success<T>(value: T): Result<T> {
  return { ok: true, value }
}

/** A refusal that people read in their language, not yet as an answer. */
export function refusal(code: ErrorCode, text: Text, details?: string): Failure & { readonly text: Text } {
  return { code, message: text.en, text, ...(details !== undefined && { details }) }
}

/** A refusal that people read in their language. */
export function failureIn(code: ErrorCode, text: Text, details?: string): Result<never> {
  return { ok: false, error: refusal(code, text, details) }
}

export function failure(code: ErrorCode, message: string, details?: string): Result<never> {
  return { ok: false, error: details === undefined ? { code, message } : { code, message, details } }
}
