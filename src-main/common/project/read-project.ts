import { catalogueIds } from '../data/dataset.ts'
import type { LayerNode, Model } from '../graph/graph.ts'
import { newModelId, newNodeId } from '../graph/names.ts'
import { isLayerType, layerTypes } from '../layers/registry.ts'
import type { Text } from '../layers/text.ts'
import { failureIn, success } from '../result.ts'
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
    if (text.trim() === '')
      return failureIn('invalid-project', {
        en: 'A Convas project was expected. The file is empty.',
        ko: 'Convas 프로젝트여야 합니다. 파일이 비어 있습니다.',
      })
    const place = placeOf(error, text)
    return failureIn(
      'invalid-project',
      {
        en: `A Convas project (JSON) was expected. The file is damaged${place.en}.`,
        ko: `Convas 프로젝트(JSON)여야 합니다. 파일이 손상되었습니다${place.ko}.`,
      },
      String(error),
    )
  }
  if (!isRecord(content) || content['format'] !== projectFormat) {
    const found = isRecord(content) ? same(JSON.stringify(content['format'] ?? null)) : kindOf(content)
    return failureIn('invalid-project', {
      en: `A Convas project ("format": "${projectFormat}") was expected. Received: ${found.en.slice(0, 80)}`,
      ko: `Convas 프로젝트("format": "${projectFormat}")여야 합니다. 받은 값: ${found.ko.slice(0, 80)}`,
    })
  }
  const migrated = migrate(content)
  if (!migrated.ok) return migrated
  const unknownLayer = findUnknownLayer(migrated.value.content)
  if (unknownLayer !== null) return failureIn('unknown-layer', unknownLayer)
  const unknownDataset = findUnknownDataset(migrated.value.content)
  if (unknownDataset !== null) return failureIn('missing-dataset', unknownDataset)
  const parsed = projectSchema.safeParse(migrated.value.content)
  if (!parsed.success) {
    const issues = parsed.error.issues.flatMap((issue) => describeIssue(issue, migrated.value.content))
    const [first] = issues
    const more = issues.length - 1
    return failureIn(
      'invalid-project',
      first
        ? {
            en: `The project is damaged at ${pathText(first.path) || 'its top level'}: ${first.message}${more > 0 ? ` (and ${more} more)` : ''}`,
            ko: `프로젝트가 손상되었습니다. 위치: ${pathText(first.path) || '맨 위'}. ${first.text.ko}${more > 0 ? ` (그 밖에 ${more}군데)` : ''}`,
          }
        : { en: 'The project is damaged.', ko: '프로젝트가 손상되었습니다.' },
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
    const came = version === undefined ? { en: 'nothing', ko: '없음' } : same(JSON.stringify(version))
    return failureIn('invalid-project', {
      en: `\`version\` must be a positive whole number. Received: ${came.en}`,
      ko: `\`version\`에 맞는 값: 양의 정수. 받은 값: ${came.ko}`,
    })
  }
  if (version > projectVersion) {
    return failureIn('newer-project', {
      en: `This project was saved by a newer Convas (format ${version}); this one reads up to format ${projectVersion}. Update Convas to open it.`,
      ko: `더 새로운 Convas에서 저장한 프로젝트(형식 ${version})입니다. 이 Convas는 형식 ${projectVersion}까지 읽으니, 열려면 Convas를 업데이트하세요.`,
    })
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
function findUnknownLayer(content: Readonly<Record<string, unknown>>): Text | null {
  const models: readonly unknown[] = Array.isArray(content['models']) ? content['models'] : []
  for (const [index, model] of models.entries()) {
    if (!isRecord(model) || !Array.isArray(model['nodes'])) continue
    for (const node of model['nodes'] as readonly unknown[]) {
      if (!isRecord(node)) continue
      const layer = node['layer']
      if (typeof layer !== 'string' || isLayerType(layer)) continue
      const where = `node "${String(node['id'])}" of model "${nameOf(model, index)}"`
      return {
        en: `The layer of ${where} must be one of ${layerTypes.join(', ')}. Received: "${layer}"`,
        ko: `모델 "${nameOf(model, index)}"의 "${String(node['id'])}"에는 Convas가 아는 층이 있어야 합니다. 받은 층: "${layer}". 아는 층: ${layerTypes.join(', ')}`,
      }
    }
  }
  return null
}

/** Names a data set that this Convas lacks; null where it knows it, or where there is a path or no name at all. */
function findUnknownDataset(content: Readonly<Record<string, unknown>>): Text | null {
  const dataset = content['dataset']
  if (!isRecord(dataset) || typeof dataset['source'] !== 'string' || dataset['path'] !== undefined) return null
  const source = dataset['source']
  if (catalogueIds.some((id) => id === source)) return null
  return {
    en: `The project's data set must be one of ${catalogueIds.join(', ')}. Received: "${source}"`,
    ko: `프로젝트의 데이터 세트는 ${catalogueIds.join(', ')} 가운데 하나여야 합니다. 받은 값: "${source}"`,
  }
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
function placeOf(error: unknown, text: string): Text {
  const position = /position (\d+)/.exec(String(error))?.[1]
  if (position === undefined) return { en: ' or cut short', ko: '(또는 잘렸습니다)' }
  const before = text.slice(0, Number(position)).split('\n')
  const column = (before.at(-1)?.length ?? 0) + 1
  return { en: ` at line ${before.length}, column ${column}`, ko: `(${before.length}행 ${column}열)` }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function kindOf(value: unknown): Text {
  return Array.isArray(value)
    ? { en: 'a list', ko: '목록' }
    : value === null
      ? same('null')
      : { en: `a ${typeof value}`, ko: typeof value }
}

function same(text: string): Text {
  return { en: text, ko: text }
}
