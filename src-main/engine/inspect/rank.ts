import type { Drivers, RankedPart, RankedSample, Ranking } from '../../common/training/explanation.ts'
import type { Part, PictureRef } from '../../common/data/dataset.ts'
import { placeOf } from '../../common/layers/cells/cell.ts'
import type { Recipe } from '../../common/training/recipe.ts'
import type { Backend } from '../backends/backend.ts'
import type { tf } from '../backends/tensor-library.ts'
import type { CompiledModel } from '../compile/compile.ts'
import type { Dataset } from '../datasets/reader.ts'
import { makeBatch, splitFor } from '../train/batches.ts'
import { createLoss, readScores } from '../train/losses.ts'
import { predictedClass } from '../train/metrics.ts'
import type { Breathe } from './explain.ts'

/** How many samples of each kind are told. */
const rankedSamples = 60
const drivingSamples = 9
/** More are not gone over for a filter: enough to find what drives it, and soon. */
export const mostScanned = 20_000
const samplesAtOnce = 256
/** Numbers of the maps of a batch. */
const mapsAtOnce = 2 ** 23

interface Gallery {
  readonly backend: Backend
  readonly compiled: CompiledModel
  readonly dataset: Dataset
  readonly recipe: Recipe
}

/** Goes over a part; null where `breathe` said to stop. */
export async function rankSamples(
  { backend, compiled, dataset, recipe }: Gallery,
  ranked: RankedPart,
  breathe: Breathe,
): Promise<Ranking | null> {
  const library = backend.tf
  const { part, positions } = positionsOf(dataset, recipe, ranked)
  const { readOut } = createLoss(library, recipe)
  const isClasses = dataset.descriptor.task === 'classification'
  const samples: RankedSample[] = []
  for (let start = 0; start < positions.length; start += samplesAtOnce) {
    if (!(await breathe(start, positions.length))) return null
    const batch = makeBatch(library, dataset, part, positions.subarray(start, start + samplesAtOnce))
    const read = library.tidy(() => {
      const pass = compiled.forward(batch.inputs())
      const given = readScores(readOut, readOut === 'none' ? pass.output : pass.logits)
      return Float32Array.from(given.dataSync()) as unknown as tf.Tensor
    }) as unknown as Float32Array
    const units = read.length / batch.labels.length
    batch.labels.forEach((truth, row) => {
      const picture: PictureRef = { part, index: batch.positions[row] as number }
      if (!isClasses) {
        samples.push({ picture, truth, answer: read[row * units] as number, probability: null, truthProbability: null })
        return
      }
      const answer = predictedClass(read, row * units, units, 0.5)
      const of = (label: number) =>
        units > 1
          ? (read[row * units + label] as number)
          : label === 1
            ? (read[row] as number)
            : 1 - (read[row] as number)
      samples.push({ picture, truth, answer, probability: of(answer), truthProbability: of(truth) })
    })
    batch.dispose()
  }
  const error = ({ truth, answer }: RankedSample) => Math.abs(truth - answer)
  const sure = ({ probability }: RankedSample) => probability ?? 0
  const first = (order: (one: RankedSample, other: RankedSample) => number, among = samples) =>
    [...among].sort(order).slice(0, rankedSamples)
  if (!isClasses)
    return {
      samples: samples.length,
      mistakes: 0,
      certain: [],
      uncertain: [],
      wrong: first((one, other) => error(other) - error(one)),
    }
  const wrong = samples.filter(({ truth, answer }) => truth !== answer)
  return {
    samples: samples.length,
    mistakes: wrong.length,
    certain: first((one, other) => sure(other) - sure(one)),
    uncertain: first((one, other) => sure(one) - sure(other)),
    wrong: first((one, other) => (one.truthProbability ?? 0) - (other.truthProbability ?? 0), wrong),
  }
}

/** The samples of a part; those of 'validation' are what the recipe holds back. */
export function positionsOf(
  dataset: Dataset,
  recipe: Recipe,
  ranked: RankedPart,
): { readonly part: Part; readonly positions: Int32Array } {
  if (ranked === 'validation') return splitFor(dataset, recipe).validation
  return { part: 'test', positions: Int32Array.from({ length: dataset.descriptor.counts.test }, (_, index) => index) }
}

/** The samples of a part that drive one map of a node most; at most `mostScanned`, evenly spread, are gone over. */
export async function findDrivers(
  { backend, compiled, dataset }: Omit<Gallery, 'recipe'>,
  { node, filter, part }: { readonly node: string; readonly filter: number; readonly part: Part },
  breathe: Breathe,
): Promise<Drivers | null> {
  const library = backend.tf
  const total = dataset.descriptor.counts[part]
  const scanned = Math.min(total, mostScanned)
  const positions = Int32Array.from({ length: scanned }, (_, index) => Math.floor((index * total) / scanned))
  const output = compiled.layersModel.outputs[compiled.order.indexOf(node)]?.shape.slice(1) as number[]
  const places = output.slice(0, -1)
  const size = output.reduce((product, length) => product * length, 1)
  const atOnce = Math.max(1, Math.min(samplesAtOnce, Math.floor(mapsAtOnce / size)))
  let found: Drivers['found'] = []
  for (let start = 0; start < scanned; start += atOnce) {
    if (!(await breathe(start, scanned))) return null
    const batch = makeBatch(library, dataset, part, positions.subarray(start, start + atOnce))
    const [values, offsets] = library.tidy(() => {
      const maps = compiled.forward(batch.inputs(), { capture: new Set([node]) }).captured.get(node) as tf.Tensor
      const from = [...new Array<number>(maps.rank - 1).fill(0), filter]
      const map = maps.slice(from, [...new Array<number>(maps.rank - 1).fill(-1), 1]).reshape([batch.labels.length, -1])
      return [map.max(1).dataSync(), map.argMax(1).dataSync()] as unknown as tf.Tensor[]
    }) as unknown as [Float32Array, Int32Array]
    const some = Array.from(values, (value, row) => ({
      picture: { part, index: batch.positions[row] as number },
      label: batch.labels[row] as number,
      value,
      at: [...placeOf(places, offsets[row] as number), filter],
    }))
    found = [...found, ...some].sort((one, other) => other.value - one.value).slice(0, drivingSamples)
    batch.dispose()
  }
  return { scanned, total, found }
}
