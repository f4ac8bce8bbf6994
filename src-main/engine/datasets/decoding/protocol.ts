import type { PictureTarget } from './decode-picture.ts'
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
  readonly results: readonly DecodingResult[] | null
  readonly fault: { readonly message: string; readonly code: string | null } | null
}
