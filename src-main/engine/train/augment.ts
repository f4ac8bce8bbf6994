import type { Augmentation } from '../../common/data/augmentation.ts'
import { isAugmenting } from '../../common/data/augmentation.ts'
import type { Shape } from '../../common/graph/graph.ts'
import type { Dataset } from '../datasets/reader.ts'
import { deriveSeed, randomSource } from '../random.ts'

/** Writes the values of a training sample (pixels as 0…1), varied, to a place in a batch. */
export type Augmenter = (position: number, values: Float32Array, to: number) => void

/** Varies the training samples of an epoch; each follows from seed, epoch and position alone. Null where nothing is asked. */
export function createAugmenter(
  dataset: Dataset,
  augmentation: Augmentation | undefined,
  seed: number,
  epoch: number,
): Augmenter | null {
  if (!isAugmenting(augmentation)) return null
  const { inputs } = dataset.parts.train
  const { shape } = dataset.descriptor
  return (position, values, to) => {
    const variation = drawVariation(augmentation, deriveSeed(seed, 'augmentation', epoch, position))
    varySample({ inputs, position, shape, variation, values, to })
  }
}

/** One way to vary a sample. */
export interface Variation {
  readonly isFlipped: boolean
  readonly isUpended: boolean
  /** Shares of the width and of the height. */
  readonly across: number
  readonly down: number
  readonly radians: number
  /** 2 is twice the size. */
  readonly scale: number
  readonly brightness: number
  readonly noise: number
  readonly noiseSeed: number
}

/** Every number is drawn whether it is used or not, so that switching one on leaves the others as they are. */
export function drawVariation(augmentation: Augmentation, seed: number): Variation {
  const random = randomSource(seed)
  const between = (reach = 0) => random.between(-1, 1) * reach
  return {
    isFlipped: random.uniform() < 0.5 && augmentation.flipHorizontal === true,
    isUpended: random.uniform() < 0.5 && augmentation.flipVertical === true,
    across: between(augmentation.shift),
    down: between(augmentation.shift),
    radians: (between(augmentation.rotate) * Math.PI) / 180,
    scale: 1 + between(augmentation.zoom),
    brightness: between(augmentation.brightness),
    noise: augmentation.noise ?? 0,
    noiseSeed: deriveSeed(seed, 'noise'),
  }
}

/**
 * Moves, turns and scales a picture [height, width, channels] about its middle (bilinear; what comes from beyond the edge
 * is the edge's colour), then changes its brightness and adds noise; pixels stay in 0…1. Other samples get noise only.
 */
export function varySample(options: {
  readonly inputs: Uint8Array | Float32Array
  readonly position: number
  readonly shape: Shape
  readonly variation: Variation
  readonly values: Float32Array
  readonly to: number
}): void {
  const { inputs, position, shape, variation, values, to } = options
  const size = shape.reduce((product, length) => product * length, 1)
  const isPixels = inputs instanceof Uint8Array
  const sample = inputs.subarray(position * size, (position + 1) * size)
  const divisor = isPixels ? 255 : 1
  if (shape.length === 3)
    movePicture(sample, shape as readonly [number, number, number], variation, divisor, values, to)
  else for (let index = 0; index < size; index++) values[to + index] = (sample[index] as number) / divisor
  const brightness = shape.length === 3 ? variation.brightness : 0
  if (brightness === 0 && variation.noise === 0) return
  const random = randomSource(variation.noiseSeed)
  for (let index = to; index < to + size; index++) {
    const noise = variation.noise === 0 ? 0 : random.normal() * variation.noise
    const value = (values[index] as number) + brightness + noise
    values[index] = isPixels ? Math.min(1, Math.max(0, value)) : value
  }
}

function movePicture(
  sample: Uint8Array | Float32Array,
  [height, width, channels]: readonly [number, number, number],
  { isFlipped, isUpended, across, down, radians, scale }: Variation,
  divisor: number,
  values: Float32Array,
  to: number,
): void {
  const cosine = Math.cos(radians) / scale
  const sine = Math.sin(radians) / scale
  const [middleX, middleY] = [(width - 1) / 2, (height - 1) / 2]
  const [mirrorX, mirrorY] = [isFlipped ? -1 : 1, isUpended ? -1 : 1]
  for (let row = 0; row < height; row++) {
    const y = row - middleY - down * height
    for (let column = 0; column < width; column++) {
      const x = column - middleX - across * width
      const fromX = Math.min(width - 1, Math.max(0, middleX + mirrorX * (cosine * x + sine * y)))
      const fromY = Math.min(height - 1, Math.max(0, middleY + mirrorY * (cosine * y - sine * x)))
      const left = Math.floor(fromX)
      const top = Math.floor(fromY)
      const shareX = fromX - left
      const shareY = fromY - top
      const right = shareX > 0 ? left + 1 : left
      const bottom = shareY > 0 ? top + 1 : top
      const place = to + (row * width + column) * channels
      for (let channel = 0; channel < channels; channel++) {
        const at = (one: number, other: number) => sample[(other * width + one) * channels + channel] as number
        const above = at(left, top) + (at(right, top) - at(left, top)) * shareX
        const below = at(left, bottom) + (at(right, bottom) - at(left, bottom)) * shareX
        values[place + channel] = (above + (below - above) * shareY) / divisor
      }
    }
  }
}
