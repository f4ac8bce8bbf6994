import type { Part } from '../../common/data/dataset.ts'
import type { Answers, Evaluation } from '../../common/training/evaluation.ts'
import type { TensorLibrary, tf } from '../backends/tensor-library.ts'
import { makeBatch } from '../train/batches.ts'
import { evaluationBatchOf } from '../train/evaluation.ts'
import { createLoss, readScores } from '../train/losses.ts'
import { createMeasurement, predictedClass } from '../train/metrics.ts'
import type { Breathe } from './explain.ts'
import type { Subject } from './look.ts'

/** More probabilities than that are not kept. */
const keptProbabilities = 2 ** 24

/** Lets other messages in, and never stops. */
export const letOthersIn: Breathe = async () => {
  await new Promise((resolve) => setImmediate(resolve))
  return true
}

/** Judges a model on samples of a part; null where `breathe` said to stop. */
export async function evaluateModel(
  library: TensorLibrary,
  { opened: { model, compiled, epoch }, dataset, recipe }: Subject,
  { part, positions }: { readonly part: Part; readonly positions: Int32Array },
  breathe: Breathe,
): Promise<Evaluation | null> {
  const { descriptor } = dataset
  const loss = createLoss(library, recipe)
  const units = compiled.outputShape.at(-1) ?? 1
  const samples = positions.length
  const measurement = createMeasurement({ descriptor, units, loss, topK: recipe.topK, samples })
  const collector = collectAnswers(descriptor.task === 'classification' ? descriptor.classes.length : 0, units, samples)
  const size = evaluationBatchOf(recipe)
  for (let start = 0; start < samples; start += size) {
    if (!(await breathe(start, samples))) return null
    const batch = makeBatch(library, dataset, part, positions.subarray(start, start + size))
    const [mean, scores, read] = library.tidy(() => {
      const pass = compiled.forward(batch.inputs())
      const given = (loss.fromLogits ? pass.logits : pass.output) as tf.Tensor2D
      return [
        loss.mean(given, batch.targets(units)).dataSync()[0] as number,
        given.dataSync(),
        readScores(loss.readOut, given).dataSync(),
      ] as unknown as tf.Tensor[]
    }) as unknown as [number, Float32Array, Float32Array]
    measurement.add({ loss: mean, scores, labels: batch.labels })
    batch.labels.forEach((label, row) => {
      const answer = predictedClass(scores, row * units, units, loss.threshold)
      collector.add(start + row, { label, answer, scores, read, from: row * units })
    })
    batch.dispose()
  }
  const answers = collector.answers(part, positions, loss.readOut !== 'margin')
  return { model: model.id, epoch, classes: descriptor.classes.length, ...measurement.result(), answers }
}

interface Told {
  readonly label: number
  readonly answer: number
  /** Of the whole batch; those of the sample begin at `from`. */
  readonly scores: Float32Array
  readonly read: Float32Array
  readonly from: number
}

/** `classes` is 0 where the task has none; then nothing is kept. */
function collectAnswers(classes: number, units: number, samples: number) {
  const count = classes === 0 ? 0 : samples
  const truths = new Int32Array(count)
  const said = new Int32Array(count)
  const speaking = classes === 2 ? new Float64Array(count) : null
  const fits = units === classes || (units === 1 && classes === 2)
  const probabilities = fits && count * classes <= keptProbabilities ? new Float32Array(count * classes) : null
  return {
    add: (sample: number, { label, answer, scores, read, from }: Told) => {
      if (classes === 0) return
      truths[sample] = label
      said[sample] = answer
      if (speaking !== null) speaking[sample] = secondOverFirst(scores, from, units)
      if (probabilities === null) return
      if (units > 1) probabilities.set(read.subarray(from, from + units), sample * classes)
      else {
        const second = read[from] as number
        probabilities.set([1 - second, second], sample * classes)
      }
    },
    answers: (part: Part, positions: Int32Array, isProbable: boolean): Answers => ({
      part,
      positions: classes === 0 ? new Int32Array(0) : positions,
      truths,
      classes: said,
      scores: speaking,
      probabilities: isProbable ? probabilities : null,
    }),
  }
}

/** One unit speaks for the second class; of two, the second's lead over the first orders samples as its softmax does. */
function secondOverFirst(scores: Float32Array, start: number, units: number): number {
  const first = scores[start] as number
  return units === 1 ? first : (scores[start + 1] as number) - first
}
