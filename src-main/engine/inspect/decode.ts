import { stat } from 'node:fs/promises'
import type { DataSource } from '../../common/data/dataset.ts'
import type { PictureOptions } from '../../common/data/reading.ts'
import type { Shape } from '../../common/graph/graph.ts'
import type { Result } from '../../common/result.ts'
import { failure, success } from '../../common/result.ts'
import type { DecodingResult } from '../datasets/decoding/worker.ts'
import type { DecoderPool } from '../datasets/decoding/pool.ts'
import { withFaultsAsFailures } from '../datasets/invalid-data.ts'
import type { TensorLibrary, tf } from '../backends/tensor-library.ts'

/** A picture file as a model's input [1, height, width, channels], values 0…1: decoded as imported pictures are. */
export async function decodePicture(
  {
    library,
    decoders,
    fit,
  }: { readonly library: TensorLibrary; readonly decoders: DecoderPool; readonly fit: PictureOptions['fit'] },
  file: string,
  shape: Shape,
): Promise<Result<tf.Tensor>> {
  const [height, width, channels] = shape
  if (shape.length !== 3 || height === undefined || width === undefined || (channels !== 1 && channels !== 3))
    return failure('unsupported', `A model with pictures as input was expected. Its input is ${shape.join('×')}.`)
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
      ? failure('not-found', `The picture ${file} is not there.`)
      : decoded
  const { value } = decoded
  if (value?.ok !== true)
    return failure(
      'invalid-dataset',
      `The picture ${file} cannot be used. ${value?.reason.en ?? 'It was not decoded.'}`,
    )
  const values = Float32Array.from(value.values, (pixel) => pixel / 255)
  return success(library.tensor(values, [1, height, width, channels]))
}

/** How the pictures of a data set were fitted to their size. */
export function fitOf(source: DataSource | null): PictureOptions['fit'] {
  const options = source !== null && 'path' in source ? source.options : undefined
  return options?.format === 'pictures' ? (options.fit ?? 'stretch') : 'stretch'
}
