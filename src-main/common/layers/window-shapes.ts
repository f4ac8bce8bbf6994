import type { Shape } from '../graph/graph.ts'
import { ShapeMismatch } from './define.ts'

export type Padding = 'same' | 'valid'

/** A window that slides over an input, per axis. */
export interface SlidingWindow {
  readonly size: readonly number[]
  readonly strides: readonly number[]
  readonly padding: Padding
  readonly dilation: readonly number[]
}

/** Positions of a window along one axis: (D − F + 2P)/S + 1 rounded down, with P so that D/S rounded up remains for 'same'. */
export function slidLength(length: number, size: number, stride: number, padding: Padding, dilation = 1): number {
  const extent = size + (size - 1) * (dilation - 1)
  const reach = padding === 'same' ? length : length - extent + 1
  return Math.max(0, Math.ceil(reach / stride))
}

/** The length after a transposed convolution along one axis, as tfjs computes it. */
export function transposedLength(length: number, size: number, stride: number, padding: Padding): number {
  return length * stride + (padding === 'valid' ? Math.max(size - stride, 0) : 0)
}

/** How many numbers a shape holds. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, length) => product * length, 1)
}

export function formatShape(shape: Shape): string {
  return shape.join('×')
}

/** A kernel or pool in words, such as "5×5". */
export function formatSize(size: number | readonly number[], axes: number): string {
  return (typeof size === 'number' ? Array.from({ length: axes }, () => size) : size).join('×')
}

/** A convolution's main parameters in short, such as "6 @ 5×5, same, relu"; a stride of one is left out. */
export function convolutionBrief(
  params: {
    readonly filters: number
    readonly kernelSize: number | readonly number[]
    readonly strides: number | readonly number[]
    readonly padding: Padding
    readonly activation: string
  },
  axes: number,
): string {
  const { filters, kernelSize, strides, padding, activation } = params
  const stride = formatSize(strides, axes)
  const moved = /^1(×1)*$/.test(stride) ? '' : `, /${stride}`
  return `${filters} @ ${formatSize(kernelSize, axes)}${moved}, ${padding}, ${activation}`
}

const rankNames: Readonly<Record<number, { readonly en: string; readonly ko: string }>> = {
  1: { en: 'a flat list of numbers', ko: '1차원 벡터' },
  2: { en: 'a series (steps × channels)', ko: '시계열(시점 × 채널)' },
  3: { en: 'a picture (height × width × channels)', ko: '그림(높이 × 너비 × 채널)' },
}

/** What an input of so many axes is called; the batch axis does not count. */
export function rankName(rank: number): { readonly en: string; readonly ko: string } {
  return rankNames[rank] ?? { en: `an input of ${rank} axes`, ko: `${rank}차원 입력` }
}

export function rankMismatch(label: string, rank: number, input: Shape): ShapeMismatch {
  const wanted = rankName(rank)
  return new ShapeMismatch(
    'shape.mismatch',
    {
      en: `${label} needs ${wanted.en}. Received: ${formatShape(input)}`,
      ko: `${label}의 입력으로 맞는 것: ${wanted.ko}. 받은 크기: ${formatShape(input)}`,
    },
    0,
    { type: 'rank', rank },
  )
}

/** The only input as [height, width, channels]. */
export function pictureOf(inputs: readonly Shape[], label: string): readonly [number, number, number] {
  const input = inputs[0] ?? []
  const [height, width, channels] = input
  if (input.length !== 3 || height === undefined || width === undefined || channels === undefined)
    throw rankMismatch(label, 3, input)
  return [height, width, channels]
}

/** The only input as [steps, channels]. */
export function seriesOf(inputs: readonly Shape[], label: string): readonly [number, number] {
  const input = inputs[0] ?? []
  const [steps, channels] = input
  if (input.length !== 2 || steps === undefined || channels === undefined) throw rankMismatch(label, 2, input)
  return [steps, channels]
}

/** Positions of a window on every axis of `lengths`; a window that fits nowhere is a mismatch of parameter `sizeParam`. */
export function slideOver(lengths: readonly number[], window: SlidingWindow, sizeParam: string): readonly number[] {
  const { size, strides, padding, dilation } = window
  const result = lengths.map((length, axis) =>
    slidLength(length, size[axis] ?? 1, strides[axis] ?? 1, padding, dilation[axis] ?? 1),
  )
  if (result.every((length) => length >= 1)) return result
  const fitting = size.map((extent, axis) => {
    const step = dilation[axis] ?? 1
    return Math.max(1, Math.min(extent, Math.floor(((lengths[axis] ?? 1) - 1) / step) + 1))
  })
  const noun = sizeParam === 'poolSize' ? { en: 'pool', ko: '풀' } : { en: 'kernel', ko: '커널' }
  const extents = size.map((extent, axis) => extent + (extent - 1) * ((dilation[axis] ?? 1) - 1))
  throw new ShapeMismatch(
    'window.too-large',
    {
      en: `With padding "valid" the ${noun.en} must fit into the input of ${formatShape(lengths)}. Received: ${formatShape(extents)}`,
      ko: `패딩이 "valid"이면 ${noun.ko} 크기가 입력 ${formatShape(lengths)} 안에 들어가야 합니다. 받은 값: ${formatShape(extents)}`,
    },
    0,
    {
      type: 'params',
      choices: [
        { title: { en: 'Set padding to "same"', ko: '패딩을 "same"으로 설정' }, params: { padding: 'same' } },
        {
          title: {
            en: `Make the ${noun.en} ${formatShape(fitting)}`,
            ko: `${noun.ko} 크기를 ${formatShape(fitting)}로 변경`,
          },
          params: { [sizeParam]: fitting.length === 1 ? (fitting[0] ?? 1) : fitting },
        },
      ],
    },
  )
}

/** A pool's main parameters in short, such as "2×2" or "3×3, /2×2, same"; what is usual is left out. */
export function poolBrief(
  params: {
    readonly poolSize: number | readonly number[]
    readonly strides: number | readonly number[] | null
    readonly padding: Padding
  },
  axes: number,
): string {
  const size = formatSize(params.poolSize, axes)
  const stride = params.strides === null ? size : formatSize(params.strides, axes)
  return `${size}${stride === size ? '' : `, /${stride}`}${params.padding === 'same' ? ', same' : ''}`
}
