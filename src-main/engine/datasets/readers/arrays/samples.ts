import type { Shape } from '../../../../common/graph/graph.ts'
import { InvalidData } from '../../invalid-data.ts'
import type { NamedArray } from './array-file.ts'
import { blocksOf, sizeOf, toNumbers } from './array-file.ts'

const blockBytes = 1 << 20

/** How the values of an array become samples. */
export interface SampleLayout {
  /** As a model gets it, channels last. */
  readonly shape: Shape
  readonly type: 'uint8' | 'float32'
  readonly isTurned: boolean
}

/**
 * The samples' shape. Bytes with two or three axes are pictures; of other numbers, two axes of like length are a picture and
 * two of unlike length are steps in time with their columns.
 */
export function layOut(array: NamedArray, channelsFirst: boolean): SampleLayout {
  const item = array.shape.slice(1)
  const isBytes = array.type.kind === 'uint' && array.type.bytes === 1
  const type = isBytes ? 'uint8' : 'float32'
  const [first = 1, second = 1, third = 1] = item
  if (item.length === 3 && channelsFirst) return { shape: [second, third, first], type, isTurned: true }
  const isPicture =
    item.length === 2 &&
    (isBytes || (Math.min(first, second) >= 8 && Math.max(first, second) <= 2 * Math.min(first, second)))
  if (isPicture) return { shape: [first, second, 1], type, isTurned: false }
  if (item.length < 1 || item.length > 3)
    throw new InvalidData({
      en: `Samples of one to three axes were expected. "${array.name}" is ${array.shape.join(' × ')}.`,
      ko: `표본의 축은 1개에서 3개까지여야 합니다. "${array.name}" 배열의 크기: ${array.shape.join(' × ')}.`,
    })
  return { shape: item, type, isTurned: false }
}

/** Channels stand first where there are 1 or 3 of them there and not at the end. */
export function guessChannelsFirst({ shape, isChannelsFirst }: NamedArray): boolean {
  if (isChannelsFirst) return true
  const [, first = 0, , last = 0] = shape
  return shape.length === 4 && [1, 3].includes(first) && ![1, 2, 3, 4].includes(last)
}

/** All samples in order, some at a time. Throws InvalidData for a value that is not finite. */
export async function* samplesOf(array: NamedArray, layout: SampleLayout): AsyncGenerator<Uint8Array | Float32Array> {
  const size = sizeOf(layout.shape)
  let first = 0
  for await (const block of blocksOf(array, blockBytes / (size * array.type.bytes))) {
    const values = layout.type === 'uint8' ? block : toFloats(block, array, first, size)
    first += values.length / size
    yield layout.isTurned ? turn(values, layout.shape) : values
  }
}

function toFloats(block: Uint8Array, array: NamedArray, first: number, size: number): Float32Array {
  const floats = Float32Array.from(toNumbers(block, array.type))
  const bad = floats.findIndex((value) => !Number.isFinite(value))
  if (bad !== -1)
    throw new InvalidData({
      en: `Finite numbers were expected. "${array.name}" holds ${floats[bad]} in sample ${first + Math.floor(bad / size)}.`,
      ko: `유한한 수여야 합니다. "${array.name}" 배열의 표본 ${first + Math.floor(bad / size)}번에 있는 값: ${floats[bad]}.`,
    })
  return floats
}

/** [channels, height, width] to [height, width, channels], sample by sample. */
function turn(
  values: Uint8Array | Float32Array,
  [height = 1, width = 1, channels = 1]: Shape,
): Uint8Array | Float32Array {
  const turned = values.slice()
  const plane = height * width
  const size = plane * channels
  for (let start = 0; start < values.length; start += size) {
    for (let channel = 0; channel < channels; channel++) {
      for (let pixel = 0; pixel < plane; pixel++)
        turned[start + pixel * channels + channel] = values[start + channel * plane + pixel] as number
    }
  }
  return turned
}
