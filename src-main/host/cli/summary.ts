import { parseNotation } from '../../common/notation/parse-notation.ts'
import { emptyProject } from '../../common/project/empty-project.ts'
import type { Project } from '../../common/project/project.ts'
import type { Result } from '../../common/result.ts'
import { failure, success } from '../../common/result.ts'
import type { ModelSummary } from '../../common/summary/summarize.ts'
import { summarizeProject } from '../../common/summary/summarize.ts'
import { listTemplates, templateById } from '../../common/templates/registry.ts'
import type { ExitCode } from './outcome.ts'
import { exitCodes, print, printJson, reportFailure } from './outcome.ts'
import { looksLikeFile, readSubject } from './subject.ts'
import { formatNumber, formatShape, formatTable } from './table.ts'

export interface SummaryOptions {
  /** Of a notation only: sizes without the batch axis. */
  readonly input: readonly number[]
  readonly json: boolean
}

/** Layers, shapes and counts of every model; 1 where one has an error. */
export async function summary(word: string, { input, json }: SummaryOptions): Promise<ExitCode> {
  const project = await readModels(word, input)
  if (!project.ok) return reportFailure(project.error, json)
  const summaries = summarizeProject(project.value)
  if (json) printJson(summaries)
  else if (summaries.models.length === 0)
    print('The project has no model. Add one on the canvas, or start from a template.')
  else for (const model of summaries.models) printModel(model)
  const faulty = summaries.models.some(({ problems }) => problems.some(({ severity }) => severity === 'error'))
  return faulty ? exitCodes.failed : exitCodes.done
}

async function readModels(word: string, input: readonly number[]): Promise<Result<Project>> {
  if (looksLikeFile(word) || templateById(word)) {
    const subject = await readSubject(word)
    return subject.ok ? success(subject.value.project) : subject
  }
  // A notation that names its last units is complete; otherwise it gets the one unit of a two-class answer.
  const complete = /FC\s*\d+\S*\s*$/i.test(word)
  const parsed = parseNotation(word, { inputShape: input, outputUnits: complete ? null : 1, task: null })
  if (!parsed.ok) {
    const ids = listTemplates()
      .map(({ id }) => id)
      .join(', ')
    const reason =
      parsed.position === 0
        ? `A .convas file, a template (${ids}) or a notation such as C6@5s-P-F-FC10 was expected. Received: ${word}`
        : `The notation cannot be read. ${parsed.text.en}`
    return failure('invalid-request', reason)
  }
  return success({ ...emptyProject(word), models: [{ id: 'model', name: word, ...parsed.graph }] })
}

function printModel({ name, notation, parameters, trainable, multiplyAdds, layers, problems }: ModelSummary): void {
  print(notation === null || notation === name ? name : `${name}  ${notation}`)
  const rows = layers.map((layer) => [
    layer.name,
    layer.layer,
    layer.inputShapes.map(shapeText).join(', '),
    shapeText(layer.outputShape),
    layer.parameters,
    layer.multiplyAdds,
  ])
  const columns = [
    { title: 'layer' },
    { title: 'type' },
    { title: 'input' },
    { title: 'output' },
    { title: 'parameters', align: 'right' },
    { title: 'multiply-adds', align: 'right' },
  ] as const
  for (const line of formatTable(columns, rows)) print(`  ${line}`)
  const fixed = parameters === trainable ? '' : `, ${formatNumber(trainable)} of them trainable`
  print(`  ${formatNumber(parameters)} parameters${fixed}, ${formatNumber(multiplyAdds)} multiply-adds a sample`)
  for (const { severity, message, fixes } of problems) {
    const mends = fixes.length === 0 ? '' : ` (${fixes.map(({ title }) => title).join('; ')})`
    print(`  ${severity}: ${message}${mends}`)
  }
  print()
}

function shapeText(shape: readonly number[] | null): string {
  return shape === null ? '?' : formatShape(shape)
}
