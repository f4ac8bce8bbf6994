import type { Part } from '../../common/data/dataset.ts'
import { seriesFold } from '../../common/data/split.ts'
import type { Failure } from '../../common/result.ts'
import { refusal } from '../../common/result.ts'
import type { Recipe } from '../../common/training/recipe.ts'
import type { TensorLibrary, tf } from '../backends/tensor-library.ts'
import { holdBack } from '../datasets/hold-back.ts'
import type { HeldBack } from '../datasets/hold-back.ts'
import type { Dataset } from '../datasets/reader.ts'
import { deriveSeed, shuffledIndices } from '../random.ts'
import type { Augmenter } from './augment.ts'

/** Samples of one part by their positions, and as tensors for whoever wants them. */
export interface Batch {
  readonly part: Part
  readonly positions: Int32Array
  /** Whether training samples were varied; then `values` holds what the data set does not. */
  readonly isAugmented: boolean
  /** The inputs one after another, row-major; read, and varied, anew at each call. */
  readonly values: () => Float32Array
  /** [batch, ...shape]; made on first use, freed by `dispose`. */
  readonly inputs: () => tf.Tensor
  /** [batch, units]: one-hot for several units, else the label or value itself. */
  readonly targets: (units: number) => tf.Tensor2D
  /** Labels or values, one a sample. */
  readonly labels: Float32Array
  readonly dispose: () => void
}

/** Copies samples into a batch. Pixels become 0…1. An augmenter varies them; only for training. */
export function makeBatch(
  library: TensorLibrary,
  dataset: Dataset,
  part: Part,
  positions: Int32Array,
  augment: Augmenter | null = null,
): Batch {
  const { inputs, targets } = dataset.parts[part]
  const { shape } = dataset.descriptor
  const size = shape.reduce((product, length) => product * length, 1)
  const labels = Float32Array.from(positions, (position) => targets[position] as number)
  let inputTensor: tf.Tensor | null = null
  const targetTensors = new Map<number, tf.Tensor2D>()
  const values = () => {
    if (augment === null) return readSamples(inputs, positions, size)
    const varied = new Float32Array(positions.length * size)
    positions.forEach((position, row) => {
      augment(position, varied, row * size)
    })
    return varied
  }
  return {
    part,
    positions,
    isAugmented: augment !== null,
    values,
    labels,
    inputs: () => {
      inputTensor ??= library.tensor(values(), [positions.length, ...shape])
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

/** The split that a recipe asks for; the same seed gives the same split whatever the model. */
export function splitFor(dataset: Dataset, { split, seed }: Pick<Recipe, 'split' | 'seed'>): RecipeSplit {
  const { counts, heldOut } = dataset.descriptor
  const all = (count: number) => Int32Array.from({ length: count }, (_, index) => index)
  const { validation } = split
  // Judging on the test part holds nothing back.
  if (validation === 'test')
    return { train: all(counts.train), validation: { part: 'test', positions: all(counts.test) } }
  const { kept, held } =
    validation === 'given'
      ? cutAt(counts.train, counts.train - heldOut, counts.train)
      : typeof validation === 'number'
        ? splitTraining(dataset, validation, seed)
        : splitFolds(dataset, validation, seed)
  return { train: kept, validation: { part: 'train', positions: held } }
}

/** Why a split cannot be had of these data; null where it can. */
export function splitFault(dataset: Dataset, recipe: Pick<Recipe, 'split' | 'seed'>): Failure | null {
  const { validation } = recipe.split
  const { counts, heldOut } = dataset.descriptor
  const refuse = (en: string, ko: string) => refusal('invalid-dataset', { en, ko })
  if (validation === 'given' && heldOut === 0)
    return refuse(
      'The data set aside no samples for validation. Choose a share of the training part instead.',
      '데이터에 검증용으로 지정된 표본이 없습니다. 대신 학습용의 일부를 비율로 고르세요.',
    )
  if (validation === 'test' && counts.test === 0)
    return refuse(
      'The data have no test part to judge on. Choose a share of the training part instead.',
      '데이터에 평가할 테스트 표본이 없습니다. 대신 학습용의 일부를 비율로 고르세요.',
    )
  if (typeof validation === 'object' && counts.train <= validation.of)
    return refuse(
      `More samples than folds were expected. Received: ${counts.train} samples for ${validation.of} folds.`,
      `표본은 폴드보다 많아야 합니다. 받은 값: 폴드 ${validation.of}개에 표본 ${counts.train}개.`,
    )
  if (splitFor(dataset, recipe).train.length === 0)
    return refuse('No samples are left to train with.', '학습할 표본이 남지 않습니다.')
  return null
}

/** Holds a share of the training part back: of each class the same; a series keeps its order, its end validates. */
function splitTraining(dataset: Dataset, fraction: number, seed: number): HeldBack {
  const { targets } = dataset.parts.train
  if (dataset.descriptor.kind === 'series')
    return cutAt(targets.length, targets.length - Math.round(targets.length * fraction), targets.length)
  return holdBack(strata(dataset), fraction, deriveSeed(seed, 'split'))
}

/**
 * One of several folds. Shuffled samples are dealt out class by class, so that folds differ by one sample at most, in all
 * and of each class. A series never learns from its future: each fold validates on the stretch after those it trains on.
 */
function splitFolds(
  dataset: Dataset,
  { fold, of }: { readonly fold: number; readonly of: number },
  seed: number,
): HeldBack {
  const count = dataset.descriptor.counts.train
  if (dataset.descriptor.kind === 'series') {
    const { from, to } = seriesFold(count, fold, of)
    return cutAt(to, from, to)
  }
  const labels = strata(dataset)
  const order = [...shuffledIndices(count, deriveSeed(seed, 'folds'))]
  order.sort((one, other) => (labels[one] as number) - (labels[other] as number))
  const isHeld = (_: number, place: number) => place % of === fold - 1
  return {
    kept: Int32Array.from(order.filter((position, place) => !isHeld(position, place))).sort(),
    held: Int32Array.from(order.filter(isHeld)).sort(),
  }
}

/** What shares are kept of: the classes; values are of one kind. */
function strata(dataset: Dataset): Float32Array {
  const { targets } = dataset.parts.train
  return dataset.descriptor.task === 'classification' ? targets : new Float32Array(targets.length)
}

/** Positions below `kept`, and those from there to `end`. */
function cutAt(end: number, kept: number, to: number): HeldBack {
  const all = Int32Array.from({ length: Math.max(end, to) }, (_, index) => index)
  return { kept: all.subarray(0, kept), held: all.subarray(kept, to) }
}

/** The order in which an epoch (from 1) takes the samples; it follows from seed and epoch alone. */
export function epochOrder(samples: Int32Array, seed: number, epoch: number): Int32Array {
  return shuffledIndices(samples.length, deriveSeed(seed, 'order', epoch)).map((index) => samples[index] as number)
}
