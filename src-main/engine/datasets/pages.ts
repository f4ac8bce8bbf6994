import type { MeanSample, Pictures, RequestParams, RequestResult } from '../../common/contract.ts'
import type { SeriesPage } from '../../common/data/columns.ts'
import type { Part } from '../../common/data/dataset.ts'
import type { Text } from '../../common/layers/text.ts'
import type { Result } from '../../common/result.ts'
import { failureIn, success } from '../../common/result.ts'
import { deriveSeed } from '../random.ts'
import { drawVariation, varySample } from '../train/augment.ts'
import type { StoredDataset } from './cache/stored.ts'
import { InvalidData } from './invalid-data.ts'
import { pageOf } from './series/page-of.ts'

const meanBatchBytes = 8 << 20

const partNames: Readonly<Record<Part, string>> = { train: '학습용', test: '테스트용' }

/** Said where a sample is asked for that a part of `count` samples does not have. */
export function outsidePart(part: Part, count: number, index: number): Text {
  return {
    en: `The ${part} part has ${count} samples. Received: number ${index}`,
    ko: `${partNames[part]} 표본은 ${count}개입니다. 받은 번호: ${index}`,
  }
}

/** Some samples of a part, with their labels. */
export async function readPictures(
  dataset: StoredDataset,
  part: Part,
  indices: readonly number[],
): Promise<Result<Pictures>> {
  const { shape, counts } = dataset.descriptor
  const outside = indices.find((index) => index >= counts[part])
  if (outside !== undefined) return failureIn('not-found', outsidePart(part, counts[part], outside))
  const [values, targets, names] = await Promise.all([
    dataset.samples(part, indices),
    dataset.targets(part),
    dataset.names(part),
  ])
  return success({
    shape,
    indices,
    labels: indices.map((index) => targets[index] as number),
    ...asPictures(values),
    names: names === null ? null : indices.map((index) => names[index] ?? ''),
  })
}

function asPictures(values: Uint8Array | Float32Array): Pick<Pictures, 'pixels' | 'numbers'> {
  return values instanceof Uint8Array
    ? { pixels: values, numbers: null }
    : { pixels: new Uint8Array(0), numbers: values }
}

/** Positions of a label, of files whose name holds a text (whatever its case), or of both. */
export async function findSamples(
  dataset: StoredDataset,
  { part, label, text, from, count }: Omit<RequestParams<'dataset.find'>, 'source'>,
): Promise<RequestResult<'dataset.find'>> {
  const targets = await dataset.targets(part)
  const names = text === '' ? null : await dataset.names(part)
  const wanted = text.toLowerCase()
  const found: number[] = []
  for (let index = 0; index < targets.length; index++) {
    if (label !== null && targets[index] !== label) continue
    if (text !== '' && names?.[index]?.toLowerCase().includes(wanted) !== true) continue
    found.push(index)
  }
  return { indices: Int32Array.from(found.slice(from, from + count)), total: found.length }
}

/** The mean of a part, or of one class in it; read piece by piece. */
export async function meanSample(dataset: StoredDataset, part: Part, label: number | null): Promise<MeanSample> {
  const { shape } = dataset.descriptor
  const size = shape.reduce((product, length) => product * length, 1)
  const targets = await dataset.targets(part)
  const positions = Int32Array.from(targets.keys()).filter((index) => label === null || targets[index] === label)
  const sums = new Float64Array(size)
  const atOnce = Math.max(1, Math.floor(meanBatchBytes / (size * 4)))
  for (let start = 0; start < positions.length; start += atOnce) {
    const values = await dataset.samples(part, positions.subarray(start, start + atOnce))
    for (let index = 0; index < values.length; index++)
      sums[index % size] = (sums[index % size] as number) + (values[index] as number)
  }
  const count = positions.length
  return { shape, count, values: Float32Array.from(sums, (sum) => (count === 0 ? 0 : sum / count)) }
}

/** A stretch of a series in so few points that they can be drawn: least and greatest value of the rows of each. */
export async function readSeries(
  dataset: StoredDataset,
  { columns, from, to, points }: Omit<RequestParams<'dataset.series'>, 'source'>,
): Promise<SeriesPage> {
  const rows = await dataset.series()
  const { series, counts } = dataset.descriptor
  if (rows === null || series === null)
    throw new InvalidData(
      { en: 'Data that are a series in time were expected.', ko: '시계열 데이터여야 합니다.' },
      'unsupported',
    )
  const testFrom = counts.train === 0 ? 0 : (counts.train - 1) * series.stride + series.lookBack + series.horizon
  return pageOf(rows, { columns, from, to, points, testFrom })
}

/** A training sample as the first epochs would vary it, after the sample itself. */
export async function augmentSample(
  dataset: StoredDataset,
  { index, augmentation, seed, count }: Omit<RequestParams<'dataset.augment'>, 'source'>,
): Promise<Result<Pictures>> {
  const plain = await readPictures(dataset, 'train', [index])
  if (!plain.ok) return plain
  const { shape, labels, pixels, numbers, names } = plain.value
  const inputs = numbers ?? pixels
  const size = inputs.length
  const values = new Float32Array(count * size)
  for (let epoch = 1; epoch < count; epoch++) {
    const variation = drawVariation(augmentation, deriveSeed(seed, 'augmentation', epoch, index))
    varySample({ inputs, position: 0, shape, variation, values, to: epoch * size })
  }
  const shown = numbers === null ? Uint8Array.from(values, (value) => Math.round(value * 255)) : values
  shown.set(inputs, 0)
  return success({
    shape,
    indices: Array.from({ length: count }, () => index),
    labels: Array.from({ length: count }, () => labels[0] ?? 0),
    ...asPictures(shown),
    names: names === null ? null : Array.from({ length: count }, () => names[0] ?? ''),
  })
}
