import { createHash } from 'node:crypto'
import type { Text } from '../../common/layers/text.ts'
import type { Result } from '../../common/result.ts'
import { failureIn, success } from '../../common/result.ts'
import type { Recipe } from '../../common/training/recipe.ts'
import type { Backend } from '../backends/backend.ts'
import type { Dataset } from '../datasets/reader.ts'
import type { RecipeSplit } from './batches.ts'
import { epochOrder, splitFor } from './batches.ts'
import type { Checkpoint, FoundCheckpoint, ModelCheckpoint } from './checkpoint.ts'
import type { Contestant } from './contestant.ts'
import { rateAfter } from './learning-rate.ts'
import type { RunRecord } from './run-folder.ts'
import { areFinite } from './step.ts'
import type { StartingPoint, TrainingRun } from './training-run.ts'

/** A run as it is between two batches; null where a model has just gone astray, for nothing good follows from that. */
export function captureRun(run: TrainingRun, record: RunRecord): Checkpoint | null {
  const { options, contestants, split, position, clock, writer, rate } = run
  const { recipe } = options.project
  const models = contestants.map((contestant): ModelCheckpoint => {
    const { model, step } = contestant
    return { id: model.id, state: step.readState(), ...memoryOf(contestant) }
  })
  if (models.some(({ state, finished }) => finished === null && !areFinite(state.weights))) return null
  const { done, taken, step, samples } = position
  return {
    format: 'convas-checkpoint',
    version: 1,
    time: new Date().toISOString(),
    history: writer.historyLength(),
    position: { done, taken, step, samples },
    activeMs: clock.now(),
    recipe,
    rateChange: rate.change,
    data: { hash: options.dataset.descriptor.hash },
    order: orderDigest(split, recipe, done + 1),
    backend: record.backend,
    versions: record.versions,
    results: { ...record.results },
    models,
  }
}

/** What a model's training knows beside its weights and its optimiser's state, in a checkpoint as in a run. */
function memoryOf(of: Contestant | ModelCheckpoint): Omit<ModelCheckpoint, 'id' | 'state'> {
  const { tally, trainingMs, memory, plateau, divergence, closed, finished } = of
  return { tally: { ...tally }, trainingMs, memory, plateau, divergence, closed, finished }
}

/** Gives models the state of a checkpoint; refuses one that is not theirs. */
export function takeUp(contestants: readonly Contestant[], checkpoint: Checkpoint): Result<null> {
  for (const [index, contestant] of contestants.entries()) {
    const saved = checkpoint.models[index]
    const { model, compiled } = contestant
    const sizes = compiled.weights.map(({ variable }) => variable.size)
    if (saved?.id !== model.id || saved.state.weights.map(({ length }) => length).join() !== sizes.join())
      return failureIn('invalid-run', {
        en: `The checkpoint does not hold the weights of "${model.name}" as it is built now. Start a new run.`,
        ko: `체크포인트의 가중치가 지금의 "${model.name}" 모델과 맞지 않습니다. 새로 학습을 시작하세요.`,
      })
    contestant.step.writeState(saved.state)
    Object.assign(contestant, memoryOf(saved), { told: { ...saved.tally } })
  }
  return success(null)
}

interface GoOnOptions {
  readonly record: RunRecord
  readonly found: FoundCheckpoint
  readonly dataset: Dataset
  readonly backend: Backend
  /** Epochs on top of what the run was to have, or has had where it ended by itself; null goes on as planned. */
  readonly moreEpochs: number | null
}

/** How a run goes on: its project with the recipe as it is by now, and where it starts from. */
export function planResumption({
  record,
  found,
  dataset,
  backend,
  moreEpochs,
}: GoOnOptions): Result<{ readonly project: RunRecord['project']; readonly from: StartingPoint }> {
  const { checkpoint, note } = found
  if (dataset.descriptor.hash !== checkpoint.data.hash)
    return failureIn('invalid-dataset', {
      en: `The data "${dataset.descriptor.titles.en}" are no longer those that this run was trained on, so it cannot go on. Start a new run.`,
      ko: `"${dataset.descriptor.titles.ko}" 데이터가 이 실행을 학습할 때와 달라져 이어서 학습할 수 없습니다. 새로 학습을 시작하세요.`,
    })
  const { recipe, position, models } = checkpoint
  const hasEnded = position.done >= recipe.epochs || models.every(({ finished }) => finished !== null)
  if (models.every(({ finished }) => finished === 'diverged'))
    return failureIn('unsupported', {
      en: 'Every model of this run has diverged; going on would not help. Start a new run with a smaller learning rate.',
      ko: '이 실행의 모든 모델이 발산해서 이어 가도 나아지지 않습니다. 학습률을 낮추어 새로 학습을 시작하세요.',
    })
  if (moreEpochs === null && hasEnded && record.state === 'finished')
    return failureIn('unsupported', {
      en: `This run has had all its ${position.done} epochs. Say how many more it shall have.`,
      ko: `이 실행은 ${position.done}에포크를 모두 마쳤습니다. 몇 에포크를 더 학습할지 정하세요.`,
    })
  const epochs = moreEpochs === null ? recipe.epochs : (hasEnded ? position.done : recipe.epochs) + moreEpochs
  if (epochs > 100_000)
    return failureIn('invalid-request', {
      en: `At most 100000 epochs were expected. Received: ${epochs}`,
      ko: `에포크는 100000까지여야 합니다. 받은 값: ${epochs}`,
    })
  const planned = moreEpochs === null ? recipe : withFixedDecay(recipe, dataset)
  const extended: Checkpoint = {
    ...checkpoint,
    recipe: { ...planned, epochs },
    models: moreEpochs === null ? models : models.map(withNewPatience),
  }
  return success({
    project: { ...record.project, recipe: extended.recipe },
    from: {
      checkpoint: extended,
      started: record.started,
      notes: [
        ...(note === null ? [] : [note]),
        ...(planned === recipe ? [] : floorNotes(planned, checkpoint)),
        ...differences(checkpoint, dataset, backend),
      ],
    },
  })
}

/**
 * A cosine over the whole run ends where it was planned to: as with Keras's CosineDecay, whose `decay_steps` do not change
 * when `fit` is called again, epochs that are added stay at the floor instead of bending the curve up again.
 */
function withFixedDecay(recipe: Recipe, dataset: Dataset): Recipe {
  const { schedule } = recipe
  if (schedule?.type !== 'cosine' || schedule.decaySteps !== undefined) return recipe
  const stepsPerEpoch = Math.ceil(splitFor(dataset, recipe).train.length / recipe.batchSize)
  const decaySteps = Math.max(1, stepsPerEpoch * recipe.epochs - schedule.warmupSteps)
  return { ...recipe, schedule: { ...schedule, decaySteps } }
}

/** What the epochs that are added to a cosine schedule are trained with. */
function floorNotes({ schedule, optimizer }: Recipe, { rateChange }: Checkpoint): readonly Text[] {
  if (schedule?.type !== 'cosine') return []
  const rate = Number(rateAfter(rateChange, optimizer.learningRate * schedule.floor).toPrecision(4))
  const advice =
    rate > 0
      ? { en: '', ko: '' }
      : {
          en: ' With that nothing is learnt: set another learning rate while it trains.',
          ko: ' 이 학습률로는 가중치가 바뀌지 않으니, 학습 중에 학습률을 바꾸세요.',
        }
  return [
    {
      en: `The cosine schedule ends where it was planned to; the epochs after that are trained at its floor, a rate of ${rate}.${advice.en}`,
      ko: `코사인 일정은 처음 계획한 곳에서 끝나며, 그 뒤의 에포크는 최저 학습률 ${rate}(으)로 학습합니다.${advice.ko}`,
    },
  ]
}

/** A model that stopped early goes on when more epochs are asked for. */
function withNewPatience(model: ModelCheckpoint): ModelCheckpoint {
  if (model.finished !== 'early-stopping') return model
  return { ...model, finished: null, memory: { ...model.memory, epochsWithoutGain: 0 } }
}

/** What may make figures differ from those of a run that was never interrupted. */
function differences(checkpoint: Checkpoint, dataset: Dataset, backend: Backend): readonly Text[] {
  const { recipe, position } = checkpoint
  const notes: Text[] = []
  const said = ({ name, device, version }: RunRecord['backend']) => `${name} ${version} (${device})`
  const { backend: name, device, version } = backend.status
  const before = said(checkpoint.backend)
  const now = said({ name, device, version })
  if (before !== now)
    notes.push({
      en: `The run began on ${before} and goes on on ${now}: figures may differ in their last digits from those of one run in one place.`,
      ko: `${before}에서 시작한 실행을 ${now}에서 이어 갑니다. 한곳에서 계속 학습했을 때와 수치의 끝자리가 다를 수 있습니다.`,
    })
  if (orderDigest(splitFor(dataset, recipe), recipe, position.done + 1) !== checkpoint.order)
    notes.push({
      en: 'This version takes the samples in another order than the one that began the run: in this epoch some come twice, others not at all.',
      ko: '이 버전은 표본을 섞는 순서가 처음 버전과 다릅니다. 이번 에포크에서는 일부 표본이 두 번 나오거나 나오지 않을 수 있습니다.',
    })
  return notes
}

function orderDigest({ train }: RecipeSplit, { seed }: Recipe, epoch: number): string {
  return createHash('sha256')
    .update(new Uint8Array(epochOrder(train, seed, epoch).buffer))
    .digest('hex')
}
