import '../zod-without-eval.ts'
import { z } from 'zod'
import { readingOptionsSchemas, windowChoicesSchema } from '../data/reading.ts'
import { dataSourceSchema } from '../data/dataset.ts'
import type { ParamValue } from '../graph/graph.ts'
import { displayNames } from '../graph/names.ts'
import { definitionOf } from '../layers/registry.ts'
import type { ParamControl } from '../layers/params.ts'
import type { Text } from '../layers/text.ts'
import { describeIssue, pathText } from '../project/describe-issue.ts'
import type { Project } from '../project/project.ts'
import type { Result } from '../result.ts'
import { failureIn, success } from '../result.ts'
import { recipeSchema } from '../training/recipe.ts'

/** A value that a sweep may give a field. */
export const sweepValueSchema = z.union([z.number(), z.boolean(), z.string(), z.array(z.number()).readonly()])
export type SweepValue = z.infer<typeof sweepValueSchema>

/** What a field takes. `words` are those that it takes beside numbers; `axes` is how many numbers a size may have. */
export type FieldKind =
  | {
      readonly type: 'number'
      readonly whole: boolean
      readonly min: number
      readonly max: number
      readonly words: readonly string[]
    }
  | { readonly type: 'choice'; readonly options: readonly string[] }
  | { readonly type: 'flag' }
  | { readonly type: 'size'; readonly axes: number }

/** One thing of a project that can be varied. */
export interface SweepField {
  /** `recipe.optimizer.learningRate`, `data.lookBack`, or model, node and parameter: `cnn.c1.kernelSize`. */
  readonly id: string
  readonly group: 'recipe' | 'data' | 'layer'
  readonly kind: FieldKind
  /** What the project has now; null where it is left out. */
  readonly current: SweepValue | null
  /** For a parameter of a layer: the layer's name and the parameter's own. */
  readonly layer: { readonly model: string; readonly name: string; readonly param: Text } | null
}

/** Every field that can be varied, derived from the recipe's schema, the data's options and the layers' parameters. */
export function sweepFields(project: Project): readonly SweepField[] {
  return [...dataFields(project), ...layerFields(project), ...recipeFields(project)]
}

/** The field that somebody means: its id, without `recipe.` too, or for layers `c1.units` by the node's id or shown name. */
export function findField(project: Project, word: string): Result<SweepField> {
  const fields = sweepFields(project)
  const exact = fields.find(({ id }) => id === word || id === `recipe.${word}`)
  if (exact) return success(exact)
  const wanted = word.toLowerCase()
  const paramOf = (id: string) => id.slice(id.lastIndexOf('.') + 1)
  const ofLayers = (namesOf: (field: SweepField, layer: NonNullable<SweepField['layer']>) => readonly string[]) =>
    fields.filter((field) => field.layer && namesOf(field, field.layer).some((name) => name.toLowerCase() === wanted))
  // Ids go before names, for a layer may be called what another's id is.
  const byId = ofLayers(({ id }) => [id.slice(id.indexOf('.') + 1)])
  const found =
    byId.length > 0
      ? byId
      : ofLayers(({ id }, { model, name }) => [`${name}.${paramOf(id)}`, `${model}.${name}.${paramOf(id)}`])
  const [only] = found
  if (found.length === 1 && only) return success(only)
  if (found.length > 1) {
    const ids = found.map(({ id }) => id).join(', ')
    return failureIn('invalid-request', {
      en: `"${word}" is a field of several models. Choose one of ${ids}.`,
      ko: `여러 모델에 있는 항목입니다: "${word}". 다음 가운데 하나를 고르세요: ${ids}.`,
    })
  }
  const near = fields.filter(({ id }) => id.toLowerCase().endsWith(`.${wanted.split('.').at(-1) ?? ''}`))
  const offered = (near.length > 0 ? near : fields).map(({ id }) => id)
  const some = offered.slice(0, 12).join(', ')
  return failureIn('invalid-request', {
    en: `A field such as ${some} was expected. Received: ${word}`,
    ko: `바꿀 수 있는 항목이 아닙니다: ${word}. 예: ${some}`,
  })
}

/** A value as somebody types it: 0.01, true, adam, or 3x5 for a size of two axes. */
export function readValue({ id, kind }: SweepField, text: string): Result<SweepValue> {
  const refuse = (expected: Text) =>
    failureIn('invalid-request', {
      en: `${id}: ${expected.en} was expected. Received: ${text}`,
      ko: `${id}: 맞는 값은 ${expected.ko}입니다. 받은 값: ${text}`,
    })
  switch (kind.type) {
    case 'flag':
      return text === 'true' || text === 'false'
        ? success(text === 'true')
        : refuse({ en: 'true or false', ko: 'true 또는 false' })
    case 'choice':
      return kind.options.includes(text)
        ? success(text)
        : refuse({ en: `one of ${kind.options.join(', ')}`, ko: `${kind.options.join(', ')} 가운데 하나` })
    case 'size': {
      const sizes = text.split(/[x×]/).map(Number)
      const [first] = sizes
      const good = sizes.every((size) => Number.isInteger(size) && size >= 1) && text.trim() !== ''
      if (!good || first === undefined || sizes.length > kind.axes)
        return refuse(
          kind.axes === 1
            ? { en: 'a whole number above zero', ko: '0보다 큰 정수' }
            : { en: 'a size such as 3 or 3x5', ko: '3이나 3x5 같은 크기' },
        )
      return success(sizes.length === 1 ? first : sizes)
    }
    case 'number': {
      if (kind.words.includes(text)) return success(text)
      const value = Number(text)
      if (text.trim() === '' || !Number.isFinite(value) || (kind.whole && !Number.isInteger(value)))
        return refuse(kind.whole ? { en: 'a whole number', ko: '정수' } : { en: 'a number', ko: '수' })
      if (value < kind.min) return refuse({ en: `at least ${kind.min}`, ko: `${kind.min} 이상` })
      if (value > kind.max) return refuse({ en: `at most ${kind.max}`, ko: `${kind.max} 이하` })
      return success(value)
    }
  }
}

/** Each value once: a second time it would only be trained again, to the same end. */
export function differentValues(values: readonly SweepValue[]): readonly SweepValue[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()]
}

/** `low..high`, with `:log` for a range over orders of size; null for any other text. */
export function readRange(
  text: string,
): { readonly from: number; readonly to: number; readonly isLog: boolean } | null {
  const range = /^\s*([^,]+?)\s*\.\.\s*([^,:]+?)\s*(:log)?\s*$/.exec(text)
  return range ? { from: Number(range[1]), to: Number(range[2]), isLog: range[3] !== undefined } : null
}

/** The project with a field set; refused in words where the field does not take the value. */
export function applyValue(project: Project, field: SweepField, value: SweepValue): Result<Project> {
  if (field.group === 'recipe') {
    const changed = setAt(project.recipe, field.id.split('.').slice(1), value)
    const recipe = recipeSchema.safeParse(changed)
    return recipe.success
      ? success({ ...project, recipe: recipe.data })
      : refusal(field, faultOf(field, recipe.error, changed))
  }
  if (field.group === 'data') {
    const { dataset } = project
    if (dataset === null) {
      return failureIn('missing-dataset', {
        en: 'Choose data before their options are varied.',
        ko: '데이터 옵션을 바꾸려면 먼저 데이터를 선택하세요.',
      })
    }
    const path = ['source' in dataset ? 'windows' : 'options', ...field.id.split('.').slice(1)]
    const changed = setAt(dataset, path, value)
    const source = dataSourceSchema.safeParse(changed)
    return source.success
      ? success({ ...project, dataset: source.data })
      : refusal(field, faultOf(field, source.error, changed))
  }
  const [modelId = '', rest = ''] = cutAt(field.id, '.')
  const at = rest.lastIndexOf('.')
  const [nodeId, param] = [rest.slice(0, at), rest.slice(at + 1)]
  const model = project.models.find(({ id }) => id === modelId)
  const node = model?.nodes.find(({ id }) => id === nodeId)
  if (!model || !node) {
    return failureIn('invalid-request', {
      en: `The project has no layer "${modelId}.${nodeId}".`,
      ko: `프로젝트에 없는 층입니다: "${modelId}.${nodeId}"`,
    })
  }
  const params = { ...node.params, [param]: value as ParamValue }
  const read = definitionOf(node.layer).readParams(params)
  if (!read.ok) return refusal(field, read.faults[0]?.text ?? anotherValue)
  const nodes = model.nodes.map((one) => (one === node ? { ...node, params } : one))
  return success({ ...project, models: project.models.map((one) => (one === model ? { ...model, nodes } : one)) })
}

const anotherValue: Text = { en: 'another value was expected.', ko: '다른 값이어야 합니다.' }

function refusal({ id }: SweepField, { en, ko }: Text): Result<never> {
  return failureIn('invalid-request', { en: `${id}: ${en}`, ko: `${id}: ${ko}` })
}

function faultOf({ id }: SweepField, error: z.ZodError, input: unknown): Text {
  const [issue] = error.issues.flatMap((one) => describeIssue(one, input))
  if (!issue) return anotherValue
  const path = pathText(issue.path)
  // The field is named already.
  const isOwn = path === '' || issue.path.at(-1) === id.split('.').at(-1)
  return isOwn ? issue.text : { en: `${path}: ${issue.text.en}`, ko: `${path}: ${issue.text.ko}` }
}

function recipeFields(project: Project): readonly SweepField[] {
  return fieldsOf(recipeSchema, project.recipe, 'recipe')
    .map((field): SweepField => ({ ...field, group: 'recipe', layer: null }))
    .filter((field) => takesSomething(project, field))
}

function dataFields(project: Project): readonly SweepField[] {
  const { dataset } = project
  if (dataset === null) return []
  const [schema, options] =
    'source' in dataset
      ? [windowChoicesSchema, dataset.windows ?? {}]
      : dataset.options === undefined
        ? [null, {}]
        : [readingOptionsSchemas[dataset.options.format], dataset.options]
  if (schema === null) return []
  return fieldsOf(schema, options, 'data').map((field) => ({ ...field, group: 'data', layer: null }))
}

function layerFields({ models }: Project): readonly SweepField[] {
  return models.flatMap((model) => {
    const names = displayNames(model.nodes)
    return model.nodes.flatMap((node) => {
      const { params } = definitionOf(node.layer)
      return Object.entries(params).flatMap(([param, { control, label, default: usual }]): SweepField[] => {
        const kind = kindOfControl(control)
        if (kind === null) return []
        const layer = { model: model.name, name: names.get(node.id) ?? node.id, param: label }
        const current = node.params[param] ?? usual
        return [{ id: `${model.id}.${node.id}.${param}`, group: 'layer', kind, current, layer }]
      })
    })
  })
}

function kindOfControl(control: ParamControl): FieldKind | null {
  switch (control.type) {
    case 'int':
    case 'number':
      return { type: 'number', whole: control.type === 'int', min: control.min, max: control.max, words: [] }
    case 'choice':
      return { type: 'choice', options: control.options }
    case 'flag':
      return { type: 'flag' }
    case 'size':
      return { type: 'size', axes: control.axes }
    case 'shape':
      return null
  }
}

type FoundField = Pick<SweepField, 'id' | 'kind' | 'current'>

/** The leaves of a schema that are numbers, choices or flags; of several forms, those of the one that the value has. */
function fieldsOf(schema: z.ZodType, value: unknown, id: string): readonly FoundField[] {
  const found = (kind: FieldKind): readonly FoundField[] => [
    { id, kind, current: sweepValueSchema.safeParse(value).success ? (value as SweepValue) : null },
  ]
  if (isWrapped(schema)) return fieldsOf(schema.unwrap(), value, id)
  if (schema instanceof z.ZodObject)
    return Object.entries(schema.shape as Record<string, z.ZodType>).flatMap(([key, inner]) =>
      fieldsOf(inner, (value as Readonly<Record<string, unknown>> | null | undefined)?.[key], `${id}.${key}`),
    )
  if (schema instanceof z.ZodNumber) return found(numberKind(schema, []))
  if (schema instanceof z.ZodBoolean) return found({ type: 'flag' })
  if (schema instanceof z.ZodEnum) return found({ type: 'choice', options: schema.options.map(String) })
  if (schema instanceof z.ZodUnion) {
    const options = schema.options as readonly z.ZodType[]
    const number = options.find((option) => option instanceof z.ZodNumber)
    const words = options.flatMap((option) => (option instanceof z.ZodLiteral ? [...option.values].map(String) : []))
    const object = options.find((option) => option instanceof z.ZodObject && option.safeParse(value).success)
    return [
      ...(number
        ? found(numberKind(number, words))
        : words.length > 1
          ? found({ type: 'choice', options: words })
          : []),
      ...(object ? fieldsOf(object, value, id) : []),
    ]
  }
  return []
}

/** Optional in one of Zod's ways. */
function isWrapped(schema: z.ZodType): schema is z.ZodType & { readonly unwrap: () => z.ZodType } {
  return ['optional', 'nullable', 'default'].includes(schema.def.type)
}

function numberKind(schema: z.ZodNumber, words: readonly string[]): FieldKind {
  const { minValue, maxValue, format } = schema
  const limit = (value: number | null, otherwise: number) =>
    value === null || Math.abs(value) >= Number.MAX_SAFE_INTEGER ? otherwise : value
  return {
    type: 'number',
    whole: format === 'safeint',
    min: limit(minValue, -Infinity),
    max: limit(maxValue, Infinity),
    words,
  }
}

/** Whether a field that is left out could be set by itself; `earlyStopping.patience` without the rest of it could not. */
function takesSomething(project: Project, field: SweepField): boolean {
  return field.current !== null || applyValue(project, field, someValue(field.kind)).ok
}

function someValue(kind: FieldKind): SweepValue {
  switch (kind.type) {
    case 'flag':
      return true
    case 'choice':
      return kind.options[0] ?? ''
    case 'size':
      return 1
    case 'number': {
      const low = Number.isFinite(kind.min) ? kind.min : 0
      const high = Number.isFinite(kind.max) ? kind.max : low + 2
      return kind.whole ? Math.min(high, low + 2) : low + (high - low) / 2
    }
  }
}

function setAt(whole: unknown, [key, ...rest]: readonly string[], value: SweepValue): unknown {
  if (key === undefined) return value
  const before = typeof whole === 'object' && whole !== null ? (whole as Readonly<Record<string, unknown>>) : {}
  return { ...before, [key]: setAt(before[key], rest, value) }
}

function cutAt(text: string, mark: string): readonly string[] {
  const at = text.indexOf(mark)
  return [text.slice(0, at), text.slice(at + 1)]
}
