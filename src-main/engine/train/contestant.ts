import type { Text } from '../../common/layers/text.ts'
import type { Model } from '../../common/graph/graph.ts'
import type { Failure, Result } from '../../common/result.ts'
import { failure, refusal, success } from '../../common/result.ts'
import type { TrainingEvent } from '../../common/training/events.ts'
import { isOfClasses, needsUnitPerClass } from '../../common/training/loss-fit.ts'
import { isUnlabelled, noLabels } from '../../common/data/data-notes.ts'
import type { PlateauMemory } from '../../common/training/monitor.ts'
import { freshPlateau } from '../../common/training/monitor.ts'
import type { Recipe } from '../../common/training/recipe.ts'
import { compileModel } from '../compile/compile.ts'
import type { CompiledModel } from '../compile/compile.ts'
import type { Dataset } from '../datasets/reader.ts'
import type { DivergenceMemory } from './divergence.ts'
import { noLossYet } from './divergence.ts'
import type { BestMemory } from './early-stopping.ts'
import { noBestYet } from './early-stopping.ts'
import { evaluationBatchOf } from './evaluation.ts'
import type { Tally } from './metrics.ts'
import { emptyTally } from './metrics.ts'
import { createStep } from './replay/create-step.ts'
import type { TrainingStep } from './step.ts'
import type { TrainingOptions } from './training-run.ts'

export type Finish = Extract<TrainingEvent, { type: 'model-finished' }>['reason']

/** One model of a run. */
export interface Contestant {
  readonly model: Model
  readonly compiled: CompiledModel
  readonly step: TrainingStep
  /** Sums over the epoch under way. */
  tally: Tally
  /** That part of the sums which was told already. */
  told: Tally
  trainingMs: number
  lastEventMs: number
  memory: BestMemory
  /** What a plateau schedule has made of the learning rate. */
  plateau: PlateauMemory
  divergence: DivergenceMemory
  /** The last epoch that it was judged in. */
  closed: number
  finished: Finish | null
}

export interface Contestants {
  readonly list: readonly Contestant[]
  /** Sentences for the run's log. */
  readonly notes: readonly Text[]
}

/** Builds every named model; refuses all where one does not fit. */
export function createContestants(options: TrainingOptions): Result<Contestants> {
  if (options.models.length === 0) return failure('invalid-model', 'No model to train was named. Name at least one.')
  const list: Contestant[] = []
  const notes: Text[] = []
  for (const id of options.models) {
    const contestant = createContestant(options, id, notes)
    if (!contestant.ok) {
      disposeContestants(list)
      return contestant
    }
    list.push(contestant.value)
  }
  return success({ list, notes })
}

export function disposeContestants(contestants: readonly Contestant[]): void {
  for (const { step } of contestants) step.dispose()
}

function createContestant(
  { backend, dataset, project, device }: TrainingOptions,
  id: string,
  notes: Text[],
): Result<Contestant> {
  const { recipe } = project
  const model = project.models.find((candidate) => candidate.id === id)
  if (model === undefined) return failure('not-found', `The project has no model "${id}".`)
  const compiled = compileModel(backend, model, recipe.seed)
  if (!compiled.ok) return compiled
  const fault = faultOf(model, compiled.value, dataset, recipe)
  if (fault !== null) {
    compiled.value.dispose()
    return { ok: false, error: fault }
  }
  const step = createStep({
    backend,
    model: compiled.value,
    recipe,
    dataset,
    evaluationBatch: evaluationBatchOf(recipe),
    ...(device !== undefined && { device }),
    say: ({ en, ko }) => notes.push({ en: `${model.name}: ${en}`, ko: `${model.name}: ${ko}` }),
  })
  return success({
    model,
    compiled: compiled.value,
    step,
    tally: emptyTally(),
    told: emptyTally(),
    trainingMs: 0,
    lastEventMs: 0,
    memory: noBestYet,
    plateau: freshPlateau,
    divergence: noLossYet,
    closed: 0,
    finished: null,
  })
}

/** Why a model does not fit the data; the canvas says so earlier and better, this guards the command line. */
function faultOf(model: Model, compiled: CompiledModel, dataset: Dataset, recipe: Recipe): Failure | null {
  const { shape, task, classes } = dataset.descriptor
  if (isUnlabelled(dataset.descriptor)) return refusal('invalid-dataset', noLabels)
  const said = (shape: readonly number[]) => shape.join('×')
  if (said(compiled.inputShape) !== said(shape))
    return refusal('invalid-model', {
      en: `The input of "${model.name}" must have the data's shape ${said(shape)}. Received: ${said(compiled.inputShape)}`,
      ko: `"${model.name}" 모델의 입력은 데이터의 크기와 같아야 합니다. 데이터: ${said(shape)}. 받은 크기: ${said(compiled.inputShape)}`,
    })
  if (task === 'regression' && isOfClasses(recipe.loss))
    return refusal('invalid-model', {
      en: `The data hold values, not classes: a loss such as meanSquaredError was expected. Received: ${recipe.loss}`,
      ko: `데이터에 있는 것이 클래스가 아니라 값이므로 손실 함수는 meanSquaredError 같은 것이어야 합니다. 받은 값: ${recipe.loss}`,
    })
  const mayBeOne = task === 'classification' && classes.length === 2 && !needsUnitPerClass(recipe.loss)
  const units = task === 'regression' || mayBeOne ? 1 : classes.length
  const allowed = mayBeOne ? [1, 2] : [units]
  if (compiled.outputShape.length !== 1 || !allowed.includes(compiled.outputShape[0] ?? 0))
    return refusal('invalid-model', {
      en: `The last layer of "${model.name}" must have ${units} ${units === 1 ? 'unit' : 'units'} for the data and the loss ${recipe.loss}. Received: ${said(compiled.outputShape)}`,
      ko: `"${model.name}" 모델의 마지막 층은 데이터와 손실 함수 ${recipe.loss}에 맞게 유닛이 ${units}개여야 합니다. 받은 값: ${said(compiled.outputShape)}`,
    })
  if (!compiled.weights.some((weight) => weight.trainable))
    return refusal('invalid-model', {
      en: `"${model.name}" has no weights that could be trained.`,
      ko: `"${model.name}" 모델에 학습할 가중치가 없습니다.`,
    })
  return null
}
