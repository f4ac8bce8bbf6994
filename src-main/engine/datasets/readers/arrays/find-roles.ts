import type { ArrayOptions } from '../../../../common/data/reading.ts'
import type { NamedArray } from './array-file.ts'
import { joinArrays, sizeOf } from './array-file.ts'

type Roles = Pick<
  ArrayOptions,
  'trainInputs' | 'trainTargets' | 'testInputs' | 'testTargets' | 'validationInputs' | 'validationTargets'
>

const testWord = /(^|[^a-z])(test|t10k|testing)([^a-z]|$)/i
const validationWord = /(^|[^a-z])(val|valid|validation|dev)([^a-z]|$)/i
const targetWord = /(^|[^a-z])(y|labels?|targets?|classes|fine[_ ]labels?)([^a-z]|$)/i
const coarseWord = /coarse/i

/** Batches that belong together (data_batch_1 … 5, train_1 …), joined in the order of their numbers. */
export function joinBatches(arrays: readonly NamedArray[]): readonly NamedArray[] {
  const groups = new Map<string, NamedArray[]>()
  for (const array of arrays) {
    // A file that was given beside others stands under its own name, which holds the number once more.
    const key = array.name.replace(/(batch|part|chunk)[_-]?\d+/gi, '$1')
    groups.set(key, [...(groups.get(key) ?? []), array])
  }
  return [...groups].flatMap(([key, some]) => {
    const [first, ...others] = some
    if (first === undefined) return []
    const fits = others.every(({ shape }) => shape.slice(1).join() === first.shape.slice(1).join())
    return others.length > 0 && fits ? [joinArrays(key, [first, ...others])] : some
  })
}

/** Which arrays hold samples and which labels, by their shapes and then by their names; null where none can hold samples. */
export function findRoles(arrays: readonly NamedArray[]): Roles | null {
  const filled = arrays.filter(({ shape }) => (shape[0] ?? 0) >= 1)
  const isValidation = ({ name }: NamedArray) => validationWord.test(name)
  const usable = filled.filter((array) => !isValidation(array))
  const isText = ({ type }: NamedArray) => type.kind === 'unicode' || type.kind === 'bytes'
  const isTarget = (array: NamedArray) =>
    array.shape.length === 1 || isText(array) || (targetWord.test(array.name) && array.shape.length === 2)
  const isInput = (array: NamedArray) => !isTarget(array) && sizeOf(array.shape.slice(1)) > 1
  const inputs = usable.filter(isInput)
  const largest = (some: readonly NamedArray[]) =>
    [...some].sort((one, other) => sizeOf(other.shape) - sizeOf(one.shape))[0] ?? null
  const train = largest(inputs.filter(({ name }) => !testWord.test(name))) ?? largest(inputs)
  if (train === null) return null
  const test = largest(
    inputs.filter(
      (array) =>
        array !== train && testWord.test(array.name) && array.shape.slice(1).join() === train.shape.slice(1).join(),
    ),
  )
  const validation = largest(
    filled.filter(
      (array) => isValidation(array) && isInput(array) && array.shape.slice(1).join() === train.shape.slice(1).join(),
    ),
  )
  const targetsOf = (owner: NamedArray | null): string | null => {
    if (owner === null) return null
    const isTest = testWord.test(owner.name)
    const rank = (array: NamedArray) =>
      (testWord.test(array.name) === isTest ? 4 : 0) +
      (targetWord.test(array.name) ? 2 : 0) +
      (coarseWord.test(array.name) ? -1 : 0) +
      (isTarget(array) ? 1 : 0)
    const [best] = filled
      .filter(
        (array) =>
          isValidation(array) === isValidation(owner) &&
          array !== owner &&
          array.shape[0] === owner.shape[0] &&
          isTarget(array),
      )
      .sort((one, other) => rank(other) - rank(one))
    return best?.name ?? null
  }
  return {
    trainInputs: train.name,
    trainTargets: targetsOf(train),
    testInputs: test?.name ?? null,
    testTargets: targetsOf(test),
    validationInputs: validation?.name ?? null,
    validationTargets: targetsOf(validation),
  }
}
