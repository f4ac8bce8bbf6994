import type { Recipe } from '../../common/training/recipe.ts'
import type { Part } from '../../common/data/dataset.ts'
import type { TensorLibrary, tf } from '../backends/tensor-library.ts'
import type { Dataset } from '../datasets/reader.ts'
import { deriveSeed, shuffledIndices } from '../random.ts'

/** Samples of one part by their positions, and as tensors for whoever wants them. */
export interface Batch {
  readonly part: Part
  readonly positions: Int32Array
  /** [batch, ...shape]; made on first use, freed by `dispose`. */
  readonly inputs: () => tf.Tensor
  /** [batch, units]: one-hot for several units, else the label or value itself. */
  readonly targets: (units: number) => tf.Tensor2D
  /** Labels or values, one a sample. */
  readonly labels: Float32Array
  readonly dispose: () => void
}

/** Copies samples into a batch. Pixels become 0…1. */
export function makeBatch(library: TensorLibrary, dataset: Dataset, part: Part, positions: Int32Array): Batch {
  const { inputs, targets } = dataset.parts[part]
  const { shape } = dataset.descriptor
  const size = shape.reduce((product, length) => product * length, 1)
  const labels = Float32Array.from(positions, (position) => targets[position] as number)
  let inputTensor: tf.Tensor | null = null
  const targetTensors = new Map<number, tf.Tensor2D>()
  return {
    part,
    positions,
    labels,
    inputs: () => {
      inputTensor ??= library.tensor(readSamples(inputs, positions, size), [positions.length, ...shape])
      return inputTensor
    },
    targets: (units) => {
      const made = targetTensors.get(units)
      if (made !== undefined) return made
      const values = new Float32Array(positions.length * units)
      if (units === 1) values.set(labels)
      else labels.forEach((label, row) => (values[row * units + label] = 1))
      const tensor = library.tensor2d(values, [positions.length, units])
      targetTensors.set(units, tensor)
      return tensor
    },
    dispose: () => {
      inputTensor?.dispose()
      for (const tensor of targetTensors.values()) tensor.dispose()
    },
  }
}

function readSamples(inputs: Uint8Array | Float32Array, positions: Int32Array, size: number): Float32Array {
  const values = new Float32Array(positions.length * size)
  const scale = inputs instanceof Uint8Array ? 1 / 255 : 1
  for (let row = 0; row < positions.length; row++) {
    const from = (positions[row] as number) * size
    const to = row * size
    for (let index = 0; index < size; index++) values[to + index] = (inputs[from + index] as number) * scale
  }
  return values
}

/** Positions in the training part to learn from, and those in either part that judge each epoch. */
export interface RecipeSplit {
  readonly train: Int32Array
  readonly validation: { readonly part: 'train' | 'test'; readonly positions: Int32Array }
}

/** The split that a recipe asks for. Judging on the test part holds nothing back. */
export function splitFor(dataset: Dataset, { split, seed }: Pick<Recipe, 'split' | 'seed'>): RecipeSplit {
  if (split.validation !== 'test') {
    const { train, validation } = splitTraining(dataset, split.validation, seed)
    return { train, validation: { part: 'train', positions: validation } }
  }
  const positions = Int32Array.from({ length: dataset.descriptor.counts.test }, (_, index) => index)
  return { train: splitTraining(dataset, 0, seed).train, validation: { part: 'test', positions } }
}

export interface Split {
  readonly train: Int32Array
  readonly validation: Int32Array
}

/**
 * Divides the training part. Classes keep their shares; a series keeps its order, its end validates.
 * The same seed and fraction give the same split whatever the model.
 */
export function splitTraining(dataset: Dataset, fraction: number, seed: number): Split {
  const { targets } = dataset.parts.train
  const count = targets.length
  if (dataset.descriptor.task === 'regression') {
    const kept = count - Math.round(count * fraction)
    const all = Int32Array.from({ length: count }, (_, index) => index)
    return { train: all.subarray(0, kept), validation: all.subarray(kept) }
  }
  const order = shuffledIndices(count, deriveSeed(seed, 'split'))
  const quota = new Map<number, number>()
  for (const label of targets) quota.set(label, (quota.get(label) ?? 0) + fraction)
  const train: number[] = []
  const validation: number[] = []
  const taken = new Map<number, number>()
  for (const position of order) {
    const label = targets[position] as number
    const already = taken.get(label) ?? 0
    if (already < Math.round(quota.get(label) ?? 0)) {
      taken.set(label, already + 1)
      validation.push(position)
    } else train.push(position)
  }
  return { train: Int32Array.from(train), validation: Int32Array.from(validation).sort() }
}

/** The order in which an epoch (from 1) takes the samples; it follows from seed and epoch alone. */
export function epochOrder(samples: Int32Array, seed: number, epoch: number): Int32Array {
  return shuffledIndices(samples.length, deriveSeed(seed, 'order', epoch)).map((index) => samples[index] as number)
}
