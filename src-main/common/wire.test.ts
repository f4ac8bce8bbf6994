import { expect, test } from 'vitest'
import { decodeMessage, encodeMessage } from './wire.ts'

const messages: readonly [string, unknown][] = [
  ['a request', { id: 7, name: 'app.info', params: {} }],
  ['a request with Korean text', { id: 8, name: 'project.open', params: { path: '/집/고양이.convas' } }],
  ['floats', { data: new Float32Array([0.1, -2.5, Number.NaN, Infinity]) }],
  ['no floats at all', { data: new Float32Array(0) }],
  ['whole numbers', { data: new Int32Array([-1, 2 ** 31 - 1]) }],
  ['exact floats', { times: new Float64Array([1_491_091_200_000, 0.1]) }],
  ['bytes', { pixels: new Uint8Array([0, 128, 255]), numbers: null }],
  ['nested lists', { views: [{ model: 'cnn', nodes: ['c1', 'c2'] }], deep: [[[1.5]]] }],
  ['numbers beyond 32 bits', { time: 1_764_000_000_000, seed: 4_294_967_295 }],
]

test.each(messages)('%s comes back as it was sent', (_, message) => {
  expect(decodeMessage(encodeMessage(message))).toEqual(message)
})

test('a view into a larger buffer is sent alone, at whatever offset it begins', () => {
  const whole = new Float32Array([1, 2, 3, 4])
  const sent = decodeMessage(encodeMessage({ text: 'x', data: whole.subarray(1, 3) })) as { data: Float32Array }
  expect(sent.data).toEqual(new Float32Array([2, 3]))
  expect(sent.data.buffer.byteLength).toBe(8)
})

test('members that are undefined are left out', () => {
  expect(decodeMessage(encodeMessage({ a: 1, b: undefined }))).toEqual({ a: 1 })
})

test('bytes that are no message are refused', () => {
  expect(() => decodeMessage(new Uint8Array([0xc1]))).toThrow()
})
