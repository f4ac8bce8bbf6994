import type { PictureTarget } from '../../../common/pictures/fit-picture.ts'
import type { DecodedPicture } from './decode-picture.ts'
import type { DecodingItem, DecodingResult } from './worker.ts'

/** Given to a decoder process as its last argument. */
export interface DecoderStart {
  /** Whether to look for native TensorFlow. */
  readonly tensorflow: boolean
  /** Where sharp's WebAssembly build is, for Electron on Linux. */
  readonly wasmFolder: string
}

export interface ToDecoder {
  readonly id: number
  readonly target: PictureTarget
  readonly items: readonly DecodingItem[]
}

export interface FromDecoder {
  readonly id: number
  /** Null where the samples could not be written; `fault` then says why. */
  readonly results: readonly SentResult[] | null
  readonly fault: { readonly message: string; readonly code: string | null } | null
}

type Decoded = Extract<DecodedPicture, { ok: true }>

/**
 * Messages are JSON and bytes in them base64: what Node's own serialisation allocates for them breaks processes of older
 * Electrons when it is freed.
 */
export type SentResult = Exclude<DecodedPicture, Decoded> | (Omit<Decoded, 'values'> & { readonly values: string })

export function toSent(result: DecodingResult): SentResult {
  return result.ok ? { ...result, values: Buffer.from(result.values).toString('base64') } : result
}

export function fromSent(result: SentResult): DecodingResult {
  return result.ok ? { ...result, values: new Uint8Array(Buffer.from(result.values, 'base64')) } : result
}
