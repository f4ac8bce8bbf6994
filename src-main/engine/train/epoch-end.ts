import type { Contestant } from './contestant.ts'
import { isPatienceOver, judgeEpoch } from './early-stopping.ts'
import { evaluate } from './evaluation.ts'
import { learningRateOf, reduceOnPlateau } from './learning-rate.ts'
import { accuracyOf, meanLoss } from './metrics.ts'
import { readSnapshot, snapshotEpochs } from './run-folder.ts'
import { areFinite } from './step.ts'
import type { TrainingRun } from './training-run.ts'

/** Judges a model on the validation part, tells the epoch, keeps its weights, and may end it early. */
export async function closeEpoch(run: TrainingRun, contestant: Contestant): Promise<void> {
  if (contestant.finished !== null || contestant.closed === run.position.epoch) return
  const { options, split, position, control, teller } = run
  const { recipe } = options.project
  const { task, classes } = options.dataset.descriptor
  const { model, tally } = contestant
  const { epoch } = position
  const startMs = performance.now()
  const { part, positions } = split.validation
  const validated = positions.length > 0 ? await evaluate(run, contestant, { part, positions, mayStop: true }) : null
  if (control.isStopped() && validated === null && positions.length > 0) return
  const seconds = (contestant.trainingMs + performance.now() - startMs) / 1000
  // What is told of the moments before comes before the epoch, which adds its own to them.
  await run.writer.settled()
  const values = { loss: meanLoss(tally), accuracy: accuracyOf(tally, options.dataset), validation: validated }
  const validation = {
    valLoss: validated?.loss ?? null,
    valAccuracy: validated?.accuracy ?? null,
    ...(validated !== null && { valMetrics: validated.metrics }),
  }
  teller.tell({
    type: 'epoch',
    model: model.id,
    epoch,
    loss: values.loss,
    accuracy: values.accuracy,
    ...validation,
    learningRate: learningRateOf(run, contestant, position.step),
    seconds,
    samplesPerSecond: (tally.samples / Math.max(1e-3, contestant.trainingMs)) * 1000,
  })
  if (validated !== null && task === 'classification')
    teller.tell({
      type: 'confusion',
      model: model.id,
      epoch,
      part: 'validation',
      classes: classes.length,
      counts: validated.counts,
    })
  const weights = contestant.step.readWeights()
  await saveSnapshot(run, contestant, weights)

  const { earlyStopping } = recipe
  contestant.memory = judgeEpoch(contestant.memory, earlyStopping, {
    best: { epoch, ...validation },
    values,
    weights,
  })
  reduceOnPlateau(run, contestant, values)
  contestant.closed = epoch
  if (!isPatienceOver(contestant.memory, earlyStopping)) return
  contestant.finished = 'early-stopping'
  const { epochsWithoutGain } = contestant.memory
  teller.log('info', {
    en: `${model.name} has not improved for ${epochsWithoutGain} epochs and stops after epoch ${epoch}.`,
    ko: `${model.name}: ${epochsWithoutGain}에포크 동안 나아지지 않아 ${epoch}에포크에서 학습을 마칩니다.`,
  })
}

/** Stores weights as those of the epoch under way, and names them the model's result. */
export async function saveSnapshot(
  { writer, position, results }: TrainingRun,
  { model, compiled, step }: Contestant,
  weights = step.readWeights(),
): Promise<void> {
  const { epoch, step: after } = position
  await writer.snapshot(model.id, { epoch }, { epoch, step: after, weights: compiled.weights, values: weights })
  results[model.id] = position.epoch
}

/** Stores the weights of a model that diverged; where some are not finite, those of the last epoch whose weights all are. */
export async function keepFinite(run: TrainingRun, contestant: Contestant): Promise<void> {
  const { options, results } = run
  const { model, step } = contestant
  if (areFinite(step.readWeights())) return saveSnapshot(run, contestant)
  for (const epoch of [...(await snapshotEpochs(options.folder, model.id))].reverse()) {
    const snapshot = await readSnapshot(options.folder, model.id, { epoch })
    const weights = snapshot.ok ? snapshot.value.weights.map(({ values }) => values) : []
    if (weights.length === 0 || !areFinite(weights)) continue
    step.writeWeights(weights)
    results[model.id] = epoch
    return
  }
}

/** Tests a model that has ended, with its best weights where the recipe asks for them, and tells what became of it. */
export async function finishModel(run: TrainingRun, contestant: Contestant): Promise<void> {
  const { options, position, teller, results } = run
  const { task, classes, counts } = options.dataset.descriptor
  const { model, memory, finished } = contestant
  if (memory.weights !== null && memory.best !== null) {
    contestant.step.writeWeights(memory.weights)
    results[model.id] = memory.best.epoch
  }
  const positions = Int32Array.from({ length: counts.test }, (_, index) => index)
  const tested = counts.test > 0 ? await evaluate(run, contestant, { part: 'test', positions, mayStop: false }) : null
  if (tested !== null && task === 'classification')
    teller.tell({
      type: 'confusion',
      model: model.id,
      epoch: position.epoch,
      part: 'test',
      classes: classes.length,
      counts: tested.counts,
    })
  teller.tell({
    type: 'model-finished',
    model: model.id,
    reason: finished ?? 'completed',
    epoch: results[model.id] ?? position.epoch,
    best: memory.best,
    test:
      tested === null
        ? null
        : {
            loss: tested.loss,
            accuracy: tested.accuracy,
            samples: tested.samples,
            metrics: tested.metrics,
          },
  })
}
