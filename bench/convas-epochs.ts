import { createInterface } from 'node:readline'
import type { Recipe } from '../src-main/common/training/recipe.ts'
import type { Backend } from '../src-main/engine/backends/backend.ts'
import { openBackend } from '../src-main/engine/backends/select.ts'
import { takeOneThreadAnOp } from '../src-main/engine/backends/threads.ts'
import { compileModel } from '../src-main/engine/compile/compile.ts'
import type { Dataset } from '../src-main/engine/datasets/reader.ts'
import { epochOrder, makeBatch } from '../src-main/engine/train/batches.ts'
import { createReplayedStep } from '../src-main/engine/train/replay/replayed-step.ts'
import type { TrainingStep } from '../src-main/engine/train/step.ts'
import { contestNamed, randomDataset, SAMPLES, takesOneThreadAnOp } from './contests.ts'
import type { Contest } from './contests.ts'

// Trains one model as a trainer does, an epoch whenever a line comes in; told which by a line of JSON, answers in JSON.

function compile(backend: Backend, { model }: Contest) {
  const compiled = compileModel(backend, model, 1)
  if (!compiled.ok) throw new Error(compiled.error.message)
  return compiled.value
}

function recipeOf({ loss }: Contest): Pick<Recipe, 'optimizer' | 'loss'> {
  return { optimizer: { type: 'adam', learningRate: 0.001 }, loss }
}

function createReplayed(backend: Backend, contest: Contest, dataset: Dataset): TrainingStep {
  const { batch } = contest
  const training = [batch, SAMPLES % batch].filter((size) => size > 0)
  return createReplayedStep({
    backend,
    model: compile(backend, contest),
    recipe: recipeOf(contest),
    dataset,
    batches: { training, evaluation: [] },
  })
}

/** Milliseconds. Messages are let in between steps, as in a run. */
async function trainEpoch(
  backend: Backend,
  step: TrainingStep,
  dataset: Dataset,
  size: number,
  epoch: number,
): Promise<number> {
  const order = epochOrder(
    Int32Array.from({ length: SAMPLES }, (_, index) => index),
    1,
    epoch,
  )
  const startMs = performance.now()
  let number = (epoch - 1) * Math.ceil(SAMPLES / size)
  for (let start = 0; start < order.length;) {
    await new Promise((resolve) => setImmediate(resolve))
    const count =
      step.several !== undefined && start + step.several.count * size <= order.length ? step.several.count : 1
    const batches = Array.from({ length: count }, (_, index) =>
      makeBatch(backend.tf, dataset, 'train', order.subarray(start + index * size, start + (index + 1) * size)),
    )
    if (count > 1)
      step.several?.train(
        batches,
        batches.map(() => 0.001),
        number + 1,
      )
    else for (const batch of batches) step.train(batch, 0.001, number + 1)
    for (const batch of batches) batch.dispose()
    number += count
    start += count * size
  }
  return performance.now() - startMs
}

function answer(values: object): void {
  process.stdout.write(`${JSON.stringify(values)}\n`)
}

async function main(): Promise<void> {
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
  const next = async () => {
    const line = await lines.next()
    return line.done === true ? null : line.value
  }
  const { name } = JSON.parse((await next()) ?? '{}') as { readonly name: string }
  const contest = contestNamed(name)
  if (takesOneThreadAnOp(contest)) takeOneThreadAnOp()
  const opened = await openBackend('tensorflow')
  if (!opened.ok) throw new Error(opened.error.message)
  const backend = opened.value
  const dataset = randomDataset(contest)
  const startMs = performance.now()
  const step = createReplayed(backend, contest, dataset)
  const { version, gpu } = backend.status
  answer({ ready: true, version, gpu, buildSeconds: (performance.now() - startMs) / 1000 })
  for (let epoch = 1; (await next()) !== null; epoch++) {
    answer({ seconds: (await trainEpoch(backend, step, dataset, contest.batch, epoch)) / 1000 })
  }
  step.dispose()
}

void main()
