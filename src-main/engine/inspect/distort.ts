import type { Distortion } from '../../common/comparison/distortion.ts'
import type { Shape } from '../../common/graph/graph.ts'
import { deriveSeed } from '../random.ts'
import { varySample } from '../train/augment.ts'

/** What hides a part of a picture. */
const grey = 0.5

interface Distorted {
  /** Samples one after another; bytes are 0…255, floats as they are. */
  readonly inputs: Uint8Array | Float32Array
  readonly position: number
  /** [height, width, channels] */
  readonly shape: Shape
  readonly distortion: Distortion
  readonly values: Float32Array
  readonly to: number
}

/** Writes one picture, changed, to a place in a batch, as 0…1. Its noise follows from its position alone. */
export function distortPicture({ inputs, position, shape, distortion, values, to }: Distorted): void {
  const [height = 1, width = 1, channels = 1] = shape
  const variation = {
    isFlipped: false,
    isUpended: false,
    across: distortion.across / width,
    down: distortion.down / height,
    radians: (distortion.turn * Math.PI) / 180,
    scale: distortion.scale,
    brightness: 0,
    noise: distortion.noise,
    noiseSeed: deriveSeed('distortion', position),
  }
  varySample({ inputs, position, shape, variation, values, to })
  const side = Math.round(distortion.hidden * Math.min(height, width))
  const [top, left] = [Math.floor((height - side) / 2), Math.floor((width - side) / 2)]
  for (let row = top; row < top + side; row++) {
    const from = to + (row * width + left) * channels
    values.fill(grey, from, from + side * channels)
  }
}
