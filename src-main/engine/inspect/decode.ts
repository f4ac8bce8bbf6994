import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { PNG } from 'pngjs'
import type { Shape } from '../../common/graph/graph.ts'
import type { Result } from '../../common/result.ts'
import { failure, success } from '../../common/result.ts'
import type { Backend } from '../backends/backend.ts'
import type { tf } from '../backends/tensor-library.ts'

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
    const library = backend.tf
    if (backend.native === null && kind === 'jpeg')
      return failure(
        'unsupported',
        'JPEG pictures need native TensorFlow (npm run setup). A PNG picture works without it.',
      )
    return success(
      library.tidy(() => {
        const colour = backend.native?.decodePicture(bytes, kind, 3).toFloat() ?? pngPixels(backend, bytes)
        // The grey of PIL's "L": 0.299 R + 0.587 G + 0.114 B, whatever the decoder.
        const toned = channels === 3 ? colour : colour.mul(library.tensor1d([0.299, 0.587, 0.114])).sum(-1, true)
        const picture = toned as tf.Tensor3D
        const isFitting = picture.shape[0] === height && picture.shape[1] === width
        const resized = isFitting
          ? picture
          : (backend.native?.resize(picture, height, width) ?? library.image.resizeBilinear(picture, [height, width]))
        return resized.div(255).clipByValue(0, 1).expandDims(0)
      }),
    )
  } catch (error) {
    return failure('invalid-dataset', `The picture ${file} is damaged.`, String(error))
  }
}

function pngPixels(backend: Backend, bytes: Buffer): tf.Tensor3D {
  const png = PNG.sync.read(bytes)
  const values = new Float32Array(png.width * png.height * 3)
  for (let pixel = 0; pixel < png.width * png.height; pixel++) {
    for (let channel = 0; channel < 3; channel++) values[pixel * 3 + channel] = png.data[pixel * 4 + channel] as number
  }
  return backend.tf.tensor3d(values, [png.height, png.width, 3])
}
