import { catalogueIds } from '../data/dataset.ts'
import type { LayerNode, Model } from '../graph/graph.ts'
import { newModelId, newNodeId } from '../graph/names.ts'
import { isLayerType, layerTypes } from '../layers/registry.ts'
import type { Text } from '../layers/text.ts'
import { failure, success } from '../result.ts'
import type { Result } from '../result.ts'
import { describeIssue, pathText } from './describe-issue.ts'
import { migrations } from './migrations.ts'
import { projectFormat, projectVersion } from './project.ts'
import type { Project } from './project.ts'
import { projectSchema } from './schema.ts'

/** A project read from a file's text, and what had to be mended or migrated on the way. */
export interface ReadProject {
  readonly project: Project
  readonly notices: readonly Text[]
}

/**
 * The project in a `.convas` file's text. Refuses with `invalid-project`, `newer-project`, `unknown-layer` or
 * `missing-dataset`, in a sentence that says where the fault is; ids that occur twice are mended and told of.
 */
export function readProject(text: string): Result<ReadProject> {
  let content: unknown
  try {
    content = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    if (text.trim() === '') return failure('invalid-project', 'A Convas project was expected. The file is empty.')
    return failure(
      'invalid-project',
      `A Convas project (JSON) was expected. The file is damaged${placeOf(error, text)}.`,
      String(error),
    )
  }
  if (!isRecord(content) || content['format'] !== projectFormat) {
    const found = isRecord(content) ? JSON.stringify(content['format'] ?? null) : kindOf(content)
    return failure(
      'invalid-project',
      `A Convas project ("format": "${projectFormat}") was expected. Received: ${found.slice(0, 80)}`,
    )
  }
  const migrated = migrate(content)
  if (!migrated.ok) return migrated
  const unknownLayer = findUnknownLayer(migrated.value.content)
  if (unknownLayer !== null) return failure('unknown-layer', unknownLayer)
  const unknownDataset = findUnknownDataset(migrated.value.content)
  if (unknownDataset !== null) return failure('missing-dataset', unknownDataset)
  const parsed = projectSchema.safeParse(migrated.value.content)
  if (!parsed.success) {
    const issues = parsed.error.issues.flatMap((issue) => describeIssue(issue, migrated.value.content))
    const [first] = issues
    const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : ''
    return failure(
      'invalid-project',
      first
        ? `The project is damaged at ${pathText(first.path) || 'its top level'}: ${first.message}${more}`
        : 'The project is damaged.',
      issues.map((issue) => `${pathText(issue.path)}: ${issue.message}`).join('\n'),
    )
  }
  const notices = [...migrated.value.notices]
  const project = withUniqueIds(parsed.data, notices)
  return success({ project, notices })
}

function migrate(
  content: Readonly<Record<string, unknown>>,
): Result<{ readonly content: Readonly<Record<string, unknown>>; readonly notices: readonly Text[] }> {
  const version = content['version']
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
    return failure(
      'invalid-project',
      `\`version\` must be a positive whole number. Received: ${version === undefined ? 'nothing' : JSON.stringify(version)}`,
    )
  }
  if (version > projectVersion) {
    return failure(
      'newer-project',
      `This project was saved by a newer Convas (format ${version}); this one reads up to format ${projectVersion}. Update Convas to open it.`,
    )
  }
  let current = content
  for (let from = version; from < projectVersion; from++) {
    current = { ...migrations[from - 1]!(current), version: from + 1 }
  }
  const notices: Text[] =
    version === projectVersion
      ? []
      : [
          {
            en: `The project was brought from format ${version} to ${projectVersion}.`,
            ko: `프로젝트를 형식 ${version}에서 ${projectVersion}(으)로 변환했습니다.`,
          },
        ]
  return success({ content: current, notices })
}

/** Names the first layer type that this Convas lacks, its node and its model; null where it knows them all. */
function findUnknownLayer(content: Readonly<Record<string, unknown>>): string | null {
  const models: readonly unknown[] = Array.isArray(content['models']) ? content['models'] : []
  for (const [index, model] of models.entries()) {
    if (!isRecord(model) || !Array.isArray(model['nodes'])) continue
    for (const node of model['nodes'] as readonly unknown[]) {
      if (!isRecord(node)) continue
      const layer = node['layer']
      if (typeof layer !== 'string' || isLayerType(layer)) continue
      const where = `node "${String(node['id'])}" of model "${nameOf(model, index)}"`
      return `The layer of ${where} must be one of ${layerTypes.join(', ')}. Received: "${layer}"`
    }
  }
  return null
}

/** Names a data set that this Convas lacks; null where it knows it, or where there is a path or no name at all. */
function findUnknownDataset(content: Readonly<Record<string, unknown>>): string | null {
  const dataset = content['dataset']
  if (!isRecord(dataset) || typeof dataset['source'] !== 'string' || dataset['path'] !== undefined) return null
  const source = dataset['source']
  if (catalogueIds.some((id) => id === source)) return null
  return `The project's data set must be one of ${catalogueIds.join(', ')}. Received: "${source}"`
}

function nameOf(model: Readonly<Record<string, unknown>>, index: number): string {
  const { name, id } = model
  return typeof name === 'string' ? name : typeof id === 'string' ? id : String(index)
}

/** Gives a new id to every model and node whose id occurred before; wires go on meaning the first. */
function withUniqueIds(project: Project, notices: Text[]): Project {
  const models: Model[] = []
  for (const model of project.models) {
    const taken = models.map(({ id }) => id)
    const id = taken.includes(model.id) ? newModelId([...taken, ...project.models.map((other) => other.id)]) : model.id
    if (id !== model.id) {
      notices.push({
        en: `Two models had the id "${model.id}"; one is now "${id}".`,
        ko: `모델 두 개의 id가 "${model.id}"로 같아서 하나를 "${id}"(으)로 바꿨습니다.`,
      })
    }
    models.push({ ...model, id, nodes: uniqueNodes(model, notices), edges: model.edges })
  }
  return { ...project, models }
}

function uniqueNodes(model: Model, notices: Text[]): readonly LayerNode[] {
  const seen = new Set<string>()
  return model.nodes.map((node) => {
    const id = seen.has(node.id) ? newNodeId(model, node.layer, seen) : node.id
    seen.add(id)
    if (id === node.id) return node
    notices.push({
      en: `Two layers of "${model.name}" had the id "${node.id}"; one is now "${id}".`,
      ko: `"${model.name}"의 층 두 개의 id가 "${node.id}"로 같아서 하나를 "${id}"(으)로 바꿨습니다.`,
    })
    return { ...node, id }
  })
}

/** " at line 3, column 14" where the parser's message tells a position. */
function placeOf(error: unknown, text: string): string {
  const position = /position (\d+)/.exec(String(error))?.[1]
  if (position === undefined) return ' or cut short'
  const before = text.slice(0, Number(position)).split('\n')
  return ` at line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? 'a list' : value === null ? 'null' : `a ${typeof value}`
}
