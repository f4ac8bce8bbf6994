import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { PNG } from 'pngjs'
import type { Shape } from '../../common/graph/graph.ts'
import type { Result } from '../../common/result.ts'
import { failure, success } from '../../common/result.ts'
import type { Backend } from '../backends/backend.ts'
import type { tf } from '../backends/tensor-library.ts'
import { resizePicture } from './resize.ts'
import type { Picture } from './resize.ts'

const largestFileBytes = 100_000_000
const largestPixels = 100_000_000

/** A picture file as a model's input [1, height, width, channels], values 0…1, resized with antialiasing. */
export async function decodePicture(backend: Backend, file: string, shape: Shape): Promise<Result<tf.Tensor>> {
  const [height, width, channels] = shape
  if (shape.length !== 3 || height === undefined || width === undefined || (channels !== 1 && channels !== 3))
    return failure('unsupported', `A model with pictures as input was expected. Its input is ${shape.join('×')}.`)
  let bytes: Buffer
  try {
    bytes = await readFile(file)
  } catch (error) {
    return failure('not-found', `The picture ${file} cannot be read.`, String(error))
  }
  if (bytes.length > largestFileBytes) return failure('unsupported', `The picture ${file} is larger than 100 MB.`)
  const kind = bytes.toString('latin1', 1, 4) === 'PNG' ? 'png' : bytes[0] === 0xff && bytes[1] === 0xd8 ? 'jpeg' : null
  if (kind === null)
    return failure('unsupported', `A PNG or JPEG picture was expected. Received: ${path.basename(file)}`)
  try {
    if (kind === 'png' && bytes.readUInt32BE(16) * bytes.readUInt32BE(20) > largestPixels)
      return failure('unsupported', `The picture ${file} has more than 100 million pixels.`)
    if (backend.native === null && kind === 'jpeg')
      return failure(
        'unsupported',
        'JPEG pictures need native TensorFlow (npm run setup). A PNG picture works without it.',
      )
    const toned = tone(kind === 'png' ? decodePng(bytes) : decodeJpeg(backend, bytes), channels)
    const pixels = resizePicture(toned, width, height)
    return success(
      backend.tf.tensor(
        pixels.values.map((value) => value / 255),
        [1, height, width, channels],
      ),
    )
  } catch (error) {
    return failure('invalid-dataset', `The picture ${file} is damaged.`, String(error))
  }
}

/** Read in TypeScript on every backend, so that the answer does not depend on it. */
function decodePng(bytes: Buffer): Picture {
  const { width, height, data } = PNG.sync.read(bytes)
  const values = new Float32Array(width * height * 3)
  for (let pixel = 0; pixel < width * height; pixel++) {
    // What is transparent lies on white, as in every viewer.
    const opacity = (data[pixel * 4 + 3] as number) / 255
    for (let channel = 0; channel < 3; channel++)
      values[pixel * 3 + channel] = (data[pixel * 4 + channel] as number) * opacity + 255 * (1 - opacity)
  }
  return { width, height, channels: 3, values }
}

function decodeJpeg(backend: Backend, bytes: Uint8Array): Picture {
  const decoded = backend.native?.decodePicture(bytes, 'jpeg', 3)
  if (decoded === undefined) throw new Error('no decoder')
  const [height, width] = decoded.shape
  const values = Float32Array.from(decoded.dataSync())
  decoded.dispose()
  return { width, height, channels: 3, values }
}

/** Three channels as they are, or the grey of PIL's "L": 0.299 R + 0.587 G + 0.114 B. */
function tone(picture: Picture, channels: 1 | 3): Picture {
  if (channels === 3) return picture
  const { width, height, values } = picture
  const grey = new Float32Array(width * height)
  for (let pixel = 0; pixel < grey.length; pixel++) {
    const [red = 0, green = 0, blue = 0] = values.subarray(pixel * 3, pixel * 3 + 3)
    grey[pixel] = 0.299 * red + 0.587 * green + 0.114 * blue
  }
  return { width, height, channels: 1, values: grey }
}
