import { decode, encode, ExtensionCodec } from '@msgpack/msgpack'
import type { EventName, Events } from './contract.ts'
import type { Result } from './result.ts'

/** What a renderer sends to the web host. */
export interface RequestMessage {
  readonly id: number
  readonly name: string
  readonly params: unknown
}

/** An event with its name, as it travels to renderers. */
export type HostEvent = {
  readonly [N in EventName]: { readonly event: N; readonly payload: Events[N] }
}[EventName]

/** What the web host sends to a renderer. */
export type HostMessage = { readonly id: number; readonly result: Result<unknown> } | HostEvent

// Uint8Array is MessagePack's own `bin`; these three would otherwise lose their type. Bytes are little-endian.
const codec = new ExtensionCodec()
codec.register({
  type: 1,
  encode: (value) => (value instanceof Float32Array ? bytesOf(value) : null),
  decode: (bytes) => new Float32Array(alignedCopy(bytes)),
})
codec.register({
  type: 2,
  encode: (value) => (value instanceof Int32Array ? bytesOf(value) : null),
  decode: (bytes) => new Int32Array(alignedCopy(bytes)),
})
codec.register({
  type: 3,
  encode: (value) => (value instanceof Float64Array ? bytesOf(value) : null),
  decode: (bytes) => new Float64Array(alignedCopy(bytes)),
})

function bytesOf(array: Float32Array | Float64Array | Int32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
}

function alignedCopy(bytes: Uint8Array): ArrayBuffer {
  const copy = new Uint8Array(bytes.byteLength)
  copy.set(bytes)
  return copy.buffer
}

/** Plain data and Float32Array, Float64Array, Int32Array, Uint8Array as bytes; members that are undefined are left out. */
export function encodeMessage(message: unknown): Uint8Array {
  return encode(message, { extensionCodec: codec, ignoreUndefined: true, maxDepth: 200 })
}

/** The inverse of encodeMessage; throws on bytes that are no message. */
export function decodeMessage(bytes: Uint8Array): unknown {
  return decode(bytes, { extensionCodec: codec })
}
