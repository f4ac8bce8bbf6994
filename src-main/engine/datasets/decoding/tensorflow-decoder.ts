import path from 'node:path'
import { requireAtRunTime } from '../../backends/tensor-library.ts'
import type { Placement } from '../../../common/pictures/resize.ts'
import { luminance } from '../../../common/pictures/pixels.ts'
import type { Pixels } from '../../../common/pictures/pixels.ts'

const types = { float: 1, int32: 3, uint8: 4, string: 7 } as const
/** Older libraries have decoders with known faults. */
const oldestVersion = [2, 20] as const
/** A photo decoded at a half, a quarter or an eighth of its size must still be this much larger than the result. */
const sparePixels = 8

interface Handle {
  readonly id: number
  readonly shape: readonly number[]
}

interface Binding {
  readonly TF_Version: string
  readonly TF_ATTR_INT: number
  readonly TF_ATTR_BOOL: number
  readonly TF_ATTR_FLOAT: number
  readonly TF_ATTR_STRING: number
  readonly TF_ATTR_TYPE: number
  readonly executeOp: (
    name: string,
    attributes: readonly object[],
    inputs: readonly number[],
    outputs: number,
  ) => Handle[]
  readonly createTensor: (shape: readonly number[], dtype: number, values: unknown) => number
  readonly deleteTensor: (id: number) => void
  readonly tensorDataSync: (id: number) => Float32Array | Int32Array
}

/** JPEG and PNG through TensorFlow's own decoders, without the rest of tfjs. All answers are bytes. */
export interface TensorflowDecoder {
  readonly jpeg: (
    bytes: Uint8Array,
    channels: 1 | 3,
    size: { readonly width: number; readonly height: number },
    placement: Placement,
  ) => Pixels
  readonly png: (bytes: Uint8Array, channels: 1 | 3, placement: Placement) => Pixels
  /** With opacity, as it is. */
  readonly pngWithAlpha: (bytes: Uint8Array) => Pixels
}

/** Null where native TensorFlow is missing or too old. */
export function openTensorflowDecoder(): TensorflowDecoder | null {
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2'
  let binding: Binding
  try {
    const folder = path.dirname(requireAtRunTime.resolve('@tensorflow/tfjs-node-gpu/package.json'))
    binding = requireAtRunTime(path.join(folder, 'lib', 'napi-v8', 'tfjs_binding.node')) as Binding
  } catch {
    return null
  }
  const [major = 0, minor = 0] = binding.TF_Version.split('.').map(Number)
  if (major < oldestVersion[0] || (major === oldestVersion[0] && minor < oldestVersion[1])) return null
  return createDecoder(binding)
}

function createDecoder(binding: Binding): TensorflowDecoder {
  const attribute = (name: string, type: number, value: unknown) => ({ name, type, value })
  const ofType = (name: string, type: number) => attribute(name, binding.TF_ATTR_TYPE, type)
  const firstAxis = binding.createTensor([], types.int32, new Int32Array([0]))

  /** Runs `work` with tensors of its own, which are given back however it ends. */
  const withTensors = <T>(
    work: (
      run: (name: string, attributes: readonly object[], inputs: readonly number[]) => Handle,
      feed: (shape: readonly number[], dtype: number, values: unknown) => number,
    ) => T,
  ): T => {
    const made: number[] = []
    try {
      return work(
        (name, attributes, inputs) => {
          const [output] = binding.executeOp(name, attributes, inputs, 1)
          if (output === undefined) throw new Error(`${name} gave nothing.`)
          made.push(output.id)
          return output
        },
        (shape, dtype, values) => {
          const id = binding.createTensor(shape, dtype, values)
          made.push(id)
          return id
        },
      )
    } finally {
      for (const id of made) binding.deleteTensor(id)
    }
  }

  type Run = Parameters<Parameters<typeof withTensors>[0]>[0]
  type Feed = Parameters<Parameters<typeof withTensors>[0]>[1]

  const decodeJpeg = (run: Run, feed: Feed, bytes: Uint8Array, channels: number, ratio: number) =>
    run(
      'DecodeJpeg',
      [
        attribute('channels', binding.TF_ATTR_INT, channels),
        attribute('ratio', binding.TF_ATTR_INT, ratio),
        attribute('fancy_upscaling', binding.TF_ATTR_BOOL, true),
        attribute('try_recover_truncated', binding.TF_ATTR_BOOL, false),
        attribute('acceptable_fraction', binding.TF_ATTR_FLOAT, 1),
        attribute('dct_method', binding.TF_ATTR_STRING, 'INTEGER_ACCURATE'),
      ],
      [feed([], types.string, [bytes])],
    )
  const decodePng = (run: Run, feed: Feed, bytes: Uint8Array, channels: number) =>
    run(
      'DecodePng',
      [attribute('channels', binding.TF_ATTR_INT, channels), ofType('dtype', types.uint8)],
      [feed([], types.string, [bytes])],
    )

  /** Bilinear with antialiasing, as Pillow does it but for the rounding between the two directions. */
  const resize = (run: Run, feed: Feed, picture: Handle, { from, to }: Placement, scale: number) => {
    const [across, down] = [to.width / (from.width / scale), to.height / (from.height / scale)]
    const batch = run('ExpandDims', [ofType('T', types.uint8), ofType('Tdim', types.int32)], [picture.id, firstAxis])
    const resized = run(
      'ScaleAndTranslate',
      [
        ofType('T', types.uint8),
        attribute('kernel_type', binding.TF_ATTR_STRING, 'triangle'),
        attribute('antialias', binding.TF_ATTR_BOOL, true),
      ],
      [
        batch.id,
        feed([2], types.int32, new Int32Array([to.height, to.width])),
        feed([2], types.float, new Float32Array([down, across])),
        feed([2], types.float, new Float32Array([(-from.y / scale) * down, (-from.x / scale) * across])),
      ],
    )
    return binding.tensorDataSync(resized.id)
  }

  return {
    jpeg: (bytes, channels, size, placement) =>
      withTensors((run, feed) => {
        const { from, to } = placement
        const shrink = Math.min(from.width / to.width, from.height / to.height) / sparePixels
        const ratio = shrink >= 8 ? 8 : shrink >= 4 ? 4 : shrink >= 2 ? 2 : 1
        const picture = decodeJpeg(run, feed, bytes, channels, ratio)
        const [height = 0, width = 0] = picture.shape
        // libjpeg rounds the smaller size up.
        if (Math.ceil(size.width / ratio) !== width || Math.ceil(size.height / ratio) !== height)
          throw new Error(
            `${size.width}×${size.height} pixels were expected. Received: ${width}×${height} at 1/${ratio}`,
          )
        return rounded(resize(run, feed, picture, placement, ratio), to.width, to.height, channels)
      }),
    png: (bytes, channels, placement) =>
      withTensors((run, feed) => {
        const { to } = placement
        const picture = decodePng(run, feed, bytes, 3)
        const values = resize(run, feed, picture, placement, 1)
        if (channels === 3) return rounded(values, to.width, to.height, 3)
        const grey = new Uint8Array(to.width * to.height)
        for (let index = 0; index < grey.length; index++)
          grey[index] = luminance(
            values[index * 3] as number,
            values[index * 3 + 1] as number,
            values[index * 3 + 2] as number,
          )
        return { width: to.width, height: to.height, channels: 1, values: grey }
      }),
    pngWithAlpha: (bytes) =>
      withTensors((run, feed) => {
        const picture = decodePng(run, feed, bytes, 4)
        const [height = 0, width = 0] = picture.shape
        // Bytes cannot be read back.
        const numbers = run(
          'Cast',
          [
            ofType('SrcT', types.uint8),
            ofType('DstT', types.int32),
            attribute('Truncate', binding.TF_ATTR_BOOL, false),
          ],
          [picture.id],
        )
        return { width, height, channels: 4, values: Uint8Array.from(binding.tensorDataSync(numbers.id)) }
      }),
  }
}

function rounded(values: Float32Array | Int32Array, width: number, height: number, channels: 1 | 3): Pixels {
  const bytes = new Uint8ClampedArray(values.length)
  bytes.set(values)
  return { width, height, channels, values: new Uint8Array(bytes.buffer) }
}
