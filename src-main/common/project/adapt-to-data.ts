import type { DatasetDescriptor } from '../data/dataset.ts'
import { fittingValidation } from '../data/split.ts'
import { analyzeModel } from '../graph/analyze.ts'
import { applyEdits } from '../graph/apply-edit.ts'
import type { Edit } from '../graph/edit.ts'
import type { Problem } from '../graph/problem.ts'
import { taskOf } from '../graph/task-output.ts'
import type { Text } from '../layers/text.ts'
import { betterLoss } from '../training/loss-fit.ts'
import type { Project } from './project.ts'

/** Problems that other data make, and that their first mend takes away without changing what a model is. */
const ofData: readonly string[] = ['input.shape-differs', 'output.rank', 'output.units', 'output.activation']
/** Each mend takes its problem away; more rounds than problems there can be mean that one does not. */
const mostMends = 16

export interface AdaptedProject {
  readonly project: Project
  /** What leads from the project as it was to this one. */
  readonly edits: readonly Edit[]
  /** What was changed, in the order of the changes; `model` is null for the recipe. */
  readonly changes: readonly { readonly model: string | null; readonly text: Text }[]
  /** Errors that no mend of these takes away, by model. */
  readonly left: readonly { readonly model: string; readonly problem: Problem }[]
}

/** Fits models and recipe to a data set by the mends that the window offers: input, last layer, loss and validation. */
export function adaptToData(
  project: Project,
  models: readonly string[],
  data: Pick<DatasetDescriptor, 'shape' | 'task' | 'classes' | 'heldOut'>,
): AdaptedProject {
  const task = taskOf(data)
  const changes: AdaptedProject['changes'][number][] = []
  const left: AdaptedProject['left'][number][] = []
  const edits: Edit[] = []
  let adapted = project
  const apply = (some: readonly Edit[]) => {
    adapted = applyEdits(adapted, some).project
    edits.push(...some)
  }
  const loss = betterLoss(project.recipe.loss, task)
  if (loss !== null) {
    apply([{ type: 'set-recipe', recipe: { ...adapted.recipe, loss } }])
    changes.push({ model: null, text: { en: `Loss: ${loss}`, ko: `손실 함수: ${loss}` } })
  }
  const { validation } = project.recipe.split
  const fitting = fittingValidation(validation, data.heldOut)
  if (fitting !== validation) {
    apply([{ type: 'set-recipe', recipe: { ...adapted.recipe, split: { validation: fitting } } }])
    changes.push({
      model: null,
      text:
        fitting === 'given'
          ? { en: 'Validation: the samples that the data set aside', ko: '검증: 데이터가 지정한 표본' }
          : { en: 'Validation: a share of the training part', ko: '검증: 학습용의 일부' },
    })
  }
  for (const id of models) {
    const problemsNow = () => {
      const model = adapted.models.find((candidate) => candidate.id === id)
      const found = model ? analyzeModel(model, { ...task, loss: adapted.recipe.loss }) : null
      // An unusual answer is a matter of taste as long as the task is the same.
      return (found?.problems ?? [])
        .filter(({ severity, code }) => severity === 'error' || (loss !== null && code === 'output.activation'))
        .map((problem) => ({ problem, name: found?.nodes.get(problem.node ?? '')?.name ?? null }))
    }
    for (let round = 0; round < mostMends; round++) {
      const next = problemsNow().find(({ problem }) => ofData.includes(problem.code) && problem.fixes.length > 0)
      const fix = next?.problem.fixes[0]
      if (next === undefined || fix === undefined) break
      apply(fix.edits)
      const { en, ko } = fix.title
      changes.push({
        model: id,
        text: next.name === null ? fix.title : { en: `${next.name}: ${en}`, ko: `${next.name}: ${ko}` },
      })
    }
    const rest = problemsNow().filter(({ problem }) => problem.severity === 'error')
    left.push(...rest.map(({ problem }) => ({ model: id, problem })))
  }
  return { project: adapted, edits, changes, left }
}
