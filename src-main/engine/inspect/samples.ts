import type { Sample } from '../../common/training/explanation.ts'
import type { TensorLibrary, tf } from '../backends/tensor-library.ts'
import type { Dataset } from '../datasets/reader.ts'
import { makeBatch } from '../train/batches.ts'

/** Samples of the data or pictures that were brought along, all of one shape, as a model's input [samples, ...shape]. */
export function samplesTensor(library: TensorLibrary, dataset: Dataset, samples: readonly Sample[]): tf.Tensor {
  return library.tidy(() => {
    const tensors = samples.map((sample) => {
      if ('part' in sample) return makeBatch(library, dataset, sample.part, Int32Array.of(sample.index)).inputs()
      const values = Float32Array.from(sample.pixels, (pixel) => pixel / 255)
      return library.tensor(values, [1, ...sample.shape])
    })
    return library.concat(tensors, 0)
  })
}
