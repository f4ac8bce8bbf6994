import { stat } from 'node:fs/promises'
import path from 'node:path'
import type { PictureOptions } from '../../common/data/reading.ts'
import type { Shape } from '../../common/graph/graph.ts'
import type { Result } from '../../common/result.ts'
import { failureIn, success } from '../../common/result.ts'
import type { DecodingResult } from '../datasets/decoding/worker.ts'
import type { DecoderPool } from '../datasets/decoding/pool.ts'
import { withFaultsAsFailures } from '../datasets/invalid-data.ts'
import type { TensorLibrary, tf } from '../backends/tensor-library.ts'

interface Decoding {
  readonly decoders: DecoderPool
  readonly fit: PictureOptions['fit']
}

/** A picture file as a model's input [1, height, width, channels], values 0…1: decoded as imported pictures are. */
export async function decodePicture(
  { library, ...decoding }: Decoding & { readonly library: TensorLibrary },
  file: string,
  shape: Shape,
): Promise<Result<tf.Tensor>> {
  const pixels = await decodePixels(decoding, file, shape)
  if (!pixels.ok) return pixels
  const values = Float32Array.from(pixels.value, (pixel) => pixel / 255)
  return success(library.tensor(values, [1, ...shape]))
}

/** A picture file as pixels 0…255 [height, width, channels]: decoded as imported pictures are. */
export async function decodePixels(
  { decoders, fit }: Decoding,
  file: string,
  shape: Shape,
): Promise<Result<Uint8Array>> {
  const [height, width, channels] = shape
  if (shape.length !== 3 || height === undefined || width === undefined || (channels !== 1 && channels !== 3))
    return failureIn('unsupported', {
      en: `A model with pictures as input was expected. Its input is ${shape.join('×')}.`,
      ko: `그림을 입력으로 받는 모델이어야 합니다. 이 모델의 입력: ${shape.join('×')}.`,
    })
  const decoded = await withFaultsAsFailures(async () => {
    const { size } = await stat(file)
    const answers: DecodingResult[] = []
    await decoders.decode(
      [{ location: { kind: 'file', file, size }, output: null }],
      { height, width, channels, fit },
      { onResult: (_, result) => answers.push(result), isCancelled: () => false },
    )
    return answers[0]
  })
  if (!decoded.ok)
    return decoded.error.code === 'missing-dataset'
      ? failureIn('not-found', { en: `The picture ${file} is not there.`, ko: `그림 파일이 없습니다: ${file}` })
      : decoded
  const { value } = decoded
  if (value?.ok !== true)
    return failureIn('invalid-dataset', {
      en: `The picture ${path.basename(file)} cannot be used. ${value?.reason.en ?? 'It was not decoded.'}`,
      ko: `쓸 수 없는 그림입니다: ${path.basename(file)}. ${value?.reason.ko ?? '해독하지 못했습니다.'}`,
    })
  return success(value.values)
}
