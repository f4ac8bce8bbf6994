import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { DatasetDescriptor, DataSource } from '../../common/data/dataset.ts'
import { fittingValidation } from '../../common/data/split.ts'
import { analyzeModel } from '../../common/graph/analyze.ts'
import type { Model, Shape } from '../../common/graph/graph.ts'
import { taskOf } from '../../common/graph/task-output.ts'
import type { Result } from '../../common/result.ts'
import { failureIn } from '../../common/result.ts'
import { betterLoss } from '../../common/training/loss-fit.ts'
import { writeWholeFile } from '../atomic-file.ts'
import { readRunFolder } from '../run-store.ts'

interface GivenData {
  readonly folder: string
  readonly run: string
  readonly source: DataSource
  readonly describe: (source: DataSource) => Promise<Result<DatasetDescriptor>>
}

/**
 * Gives data to a run that has none, such as an imported model: it is looked at and judged with them from then on. Refused where
 * the run learnt here, for it belongs to its own data, and where its models do not take these.
 */
export async function giveData({ folder, run, source, describe }: GivenData): Promise<Result<null>> {
  const read = await readRunFolder(folder, run, null)
  if (!read.ok) return read
  const { project, events } = read.value
  if (project.dataset !== null || events.some(({ type }) => type === 'epoch' || type === 'step')) {
    return failureIn('unsupported', {
      en: 'The run belongs to the data that it has already. Train on the new data instead.',
      ko: '이 실행에는 이미 데이터가 있습니다. 새 데이터로는 다시 학습하세요.',
    })
  }
  const data = await describe(source)
  if (!data.ok) return data
  const { shape, hash, heldOut } = data.value
  const task = taskOf(data.value)
  for (const model of project.models) {
    const { input, output } = endsOf(model)
    if (input?.join() === shape.join() && output?.at(-1) === task.outputUnits) continue
    const named = (one: Shape | null) => one?.join('×') ?? '?'
    return failureIn('invalid-dataset', {
      en: `“${model.name}” takes ${named(input)} and gives ${named(output)}; the data are ${named(shape)} with ${task.outputUnits} output units. Its weights can be looked at with data that fit.`,
      ko: `“${model.name}” 모델은 ${named(input)}을 받아 ${named(output)}을 내는데 데이터는 ${named(shape)}, 출력 ${task.outputUnits}개입니다. 맞는 데이터를 선택하면 가중치를 살펴볼 수 있습니다.`,
    })
  }
  const file = path.join(folder, 'run.json')
  const record = JSON.parse(await readFile(file, 'utf8')) as Readonly<Record<string, unknown>>
  const { recipe } = project
  const fitted = {
    ...recipe,
    loss: betterLoss(recipe.loss, task) ?? recipe.loss,
    split: { validation: fittingValidation(recipe.split.validation, heldOut) },
  }
  const changed = { ...record, project: { ...project, dataset: source, recipe: fitted }, data: { source, hash } }
  return writeWholeFile(file, JSON.stringify(changed, null, 2))
}

function endsOf(model: Model): { readonly input: Shape | null; readonly output: Shape | null } {
  const { nodes, order } = analyzeModel(model, null)
  const first = model.nodes.find(({ layer }) => layer === 'input')
  const last = order.at(-1)
  return {
    input: (first && nodes.get(first.id)?.outputShape) ?? null,
    output: (last !== undefined && nodes.get(last)?.outputShape) || null,
  }
}
