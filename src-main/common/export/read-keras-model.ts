import type { Edge, LayerNode, Model } from '../graph/graph.ts'
import { laidOut } from '../graph/layout.ts'
import type { KerasConfig, KerasValue } from '../layers/keras.ts'
import { UnknownSetting } from '../layers/keras.ts'
import { definitionOf } from '../layers/registry.ts'
import type { LayerType } from '../layers/registry.ts'
import type { Text } from '../layers/text.ts'
import type { Result } from '../result.ts'
import { failureIn, success } from '../result.ts'
import { exportedModel } from './exported-model.ts'
import type { ExportedModel } from './exported-model.ts'
import { layerOfKerasClass, paramsOfKeras } from './keras-config.ts'

const mostLayers = 2_000

/** A model that Keras saved, as a graph; its weights are found by the names that Keras gave the layers. */
export interface ReadKerasModel {
  readonly exported: ExportedModel
  /** By node id. */
  readonly layers: ReadonlyMap<string, { readonly kerasName: string; readonly className: string }>
  /** Every layer of the file in its order, for formats that count them. */
  readonly listed: readonly { readonly kerasName: string; readonly className: string }[]
  /** What was left out because it matters for training alone. */
  readonly notes: readonly Text[]
}

interface ListedLayer {
  readonly className: string
  readonly name: string
  readonly config: KerasConfig
  readonly inputs: readonly string[]
}

/** Reads the configuration of a Sequential or Functional model. `majorVersion` is that of the Keras that wrote it. */
export function readKerasModel(saved: unknown, name: string, majorVersion: number): Result<ReadKerasModel> {
  try {
    return read(saved, name, majorVersion)
  } catch (error) {
    if (error instanceof Malformed) return refuse(error.text)
    throw error
  }
}

/** The file says something that no Keras model has. */
class Malformed extends Error {
  readonly text: Text
  constructor(text: Text) {
    super(text.en)
    this.text = text
  }
}

function refuse(text: Text): Result<never> {
  return failureIn('invalid-model', {
    en: `${text.en} Nothing was imported.`,
    ko: `${text.ko} 아무것도 가져오지 않았습니다.`,
  })
}

function read(saved: unknown, name: string, majorVersion: number): Result<ReadKerasModel> {
  const model = asObject(saved)
  const className = shortText(model['class_name'])
  if (!['Sequential', 'Functional', 'Model'].includes(className))
    return refuse({
      en: `A Sequential or functional model was expected. The file holds a ${className}.`,
      ko: `Sequential이나 함수형 모델이 필요합니다. 파일에 든 것: ${className}.`,
    })
  const listed = className === 'Sequential' ? listChain(model) : listGraph(model)
  const unknown = listed.filter((layer) => typeOf(layer) === null)
  if (unknown.length > 0) {
    const named = unknown.slice(0, 10).map((layer) => `"${layer.name.slice(0, 60)}" (${layer.className.slice(0, 60)})`)
    const rest = unknown.length > named.length ? ', …' : ''
    return failureIn('unknown-layer', {
      en: `The model has layers that Convas does not know: ${named.join(', ')}${rest}. Nothing was imported.`,
      ko: `Convas에 없는 층이 있습니다: ${named.join(', ')}${rest}. 아무것도 가져오지 않았습니다.`,
    })
  }
  const ids = uniqueIds(listed.map((layer) => layer.name))
  const leftOut = new Map<string, string[]>()
  const nodes: LayerNode[] = []
  for (const layer of listed) {
    const id = ids.get(layer.name) ?? layer.name
    const type = typeOf(layer) as LayerType
    const parsed = paramsOf(layer, type, majorVersion)
    if (!parsed.ok) return parsed
    for (const setting of parsed.value.leftOut) leftOut.set(setting, [...(leftOut.get(setting) ?? []), layer.name])
    nodes.push({ id, layer: type, name: layer.name.slice(0, 200), params: parsed.value.params, x: 0, y: 0 })
  }
  const edges = listed.flatMap((layer) =>
    layer.inputs.map((from): Edge => {
      const source = ids.get(from)
      if (source === undefined) throw new Malformed(missingLayer(from, layer.name))
      return [source, ids.get(layer.name) ?? layer.name]
    }),
  )
  const graph: Model = laidOut({ id: 'model', name: name.slice(0, 200), nodes, edges })
  const exported = exportedModel(graph)
  if (!exported.ok) return exported
  const wrongAxis = exported.value.layers.find(({ id, inputShapes }) => {
    const axis = axisOf(listed.find((layer) => ids.get(layer.name) === id))
    return axis !== null && axis !== -1 && axis !== (inputShapes[0]?.length ?? 0)
  })
  if (wrongAxis !== undefined)
    return refuse({
      en: `"${wrongAxis.node.name}" normalises another axis than the last, which Convas does not.`,
      ko: `"${wrongAxis.node.name}"이(가) 마지막이 아닌 축을 정규화하는데, Convas는 마지막 축만 정규화합니다.`,
    })
  return success({
    exported: exported.value,
    layers: new Map(
      listed.map((layer) => [ids.get(layer.name) ?? layer.name, { kerasName: layer.name, className: layer.className }]),
    ),
    listed: listed.map((layer) => ({ kerasName: layer.name, className: layer.className })),
    notes: [...leftOut].map(([setting, names]) => ({
      en: `\`${setting}\` of ${names.slice(0, 5).join(', ')} was left out: it changes no answer, only further training.`,
      ko: `${names.slice(0, 5).join(', ')}의 \`${setting}\` 설정은 옮기지 않았습니다. 예측에는 영향이 없고 이후 학습에만 쓰입니다.`,
    })),
  })
}

/** Classes that are a layer of Convas with one setting. */
const activationLayers: Readonly<Record<string, (config: KerasConfig) => string>> = {
  ReLU: ({ max_value = null, negative_slope = 0, threshold = 0 }) => {
    if (negative_slope !== 0) throw new UnknownSetting('negative_slope', negative_slope)
    if (threshold !== 0) throw new UnknownSetting('threshold', threshold)
    if (max_value !== null && max_value !== 6) throw new UnknownSetting('max_value', max_value)
    return max_value === 6 ? 'relu6' : 'relu'
  },
  Softmax: ({ axis = -1 }) => {
    if (axis !== -1) throw new UnknownSetting('axis', axis)
    return 'softmax'
  },
  ELU: ({ alpha = 1 }) => {
    if (alpha !== 1) throw new UnknownSetting('alpha', alpha)
    return 'elu'
  },
}

function typeOf({ className }: ListedLayer): LayerType | null {
  return Object.hasOwn(activationLayers, className) ? 'activation' : layerOfKerasClass(className)
}

function paramsOf(layer: ListedLayer, type: LayerType, majorVersion: number) {
  try {
    const activation = Object.hasOwn(activationLayers, layer.className) ? activationLayers[layer.className] : undefined
    if (activation !== undefined)
      return success({ params: { activation: activation(layer.config) }, leftOut: [] as readonly string[] })
    if (type === 'input') return success({ params: { shape: inputShape(layer.config) }, leftOut: [] })
    // Its axis is held against its input's once that is known.
    const config = axisOf(layer) === null ? layer.config : { ...layer.config, axis: -1 }
    const read = paramsOfKeras(definitionOf(type), config)
    if (read.params['activation'] === 'hardSigmoid' && majorVersion >= 3)
      throw new UnknownSetting('activation', 'hard_sigmoid')
    return success(read)
  } catch (error) {
    if (!(error instanceof UnknownSetting)) throw error
    const received = JSON.stringify(error.received).slice(0, 200)
    return refuse({
      en: `"${layer.name.slice(0, 60)}" (${layer.className}) is set to \`${error.setting}\` = ${received}, which Convas cannot express.`,
      ko: `"${layer.name.slice(0, 60)}" (${layer.className})의 설정 \`${error.setting}\` = ${received}은(는) Convas로 나타낼 수 없습니다.`,
    })
  }
}

/** The axis that a normalisation is told, null for other layers. */
function axisOf(layer: ListedLayer | undefined): number | null {
  if (layer === undefined || !/Normalization$/.test(layer.className)) return null
  const { axis = -1 } = layer.config
  const one = Array.isArray(axis) && axis.length === 1 ? (axis[0] as KerasValue) : (axis as KerasValue)
  return typeof one === 'number' ? one : -2
}

function inputShape(config: KerasConfig): readonly number[] {
  const whole = config['batch_shape'] ?? config['batch_input_shape']
  if (!Array.isArray(whole)) throw new UnknownSetting('batch_shape', whole ?? null)
  const shape = (whole as readonly KerasValue[]).slice(1)
  if (shape.length === 0 || shape.some((length) => typeof length !== 'number'))
    throw new UnknownSetting('batch_shape', whole as KerasValue)
  return shape as number[]
}

function listChain(model: KerasConfig): readonly ListedLayer[] {
  const config = model['config'] ?? null
  const layers = Array.isArray(config) ? config : asObject(config)['layers']
  const list = asList(layers).map((entry) => listedLayer(entry, []))
  const [first] = list
  if (first === undefined) throw new Malformed({ en: 'The model has no layers.', ko: '모델에 층이 없습니다.' })
  if (first.className !== 'InputLayer') {
    const built = Array.isArray(config) ? undefined : asObject(config)['build_input_shape']
    const shape = first.config['batch_input_shape'] ?? first.config['batch_shape'] ?? built
    if (shape === undefined || shape === null)
      throw new Malformed({
        en: 'The model does not say what size its input has: build it in Keras before you save it.',
        ko: '모델에 입력 크기가 적혀 있지 않습니다. Keras에서 build한 뒤 저장하세요.',
      })
    list.unshift({ className: 'InputLayer', name: freeName(list), config: { batch_shape: shape }, inputs: [] })
  }
  return list.map((layer, index) => ({ ...layer, inputs: index === 0 ? [] : [(list[index - 1] as ListedLayer).name] }))
}

function freeName(list: readonly ListedLayer[]): string {
  let name = 'input'
  while (list.some((layer) => layer.name === name)) name += '_'
  return name
}

function listGraph(model: KerasConfig): readonly ListedLayer[] {
  const config = asObject(model['config'])
  return asList(config['layers']).map((entry) => {
    const layer = asObject(entry)
    const calls = asList(layer['inbound_nodes'] ?? [])
    if (calls.length > 1)
      throw new Malformed({
        en: `The layer "${shortText(layer['name'])}" is used ${calls.length} times; in Convas every layer stands for itself.`,
        ko: `층 "${shortText(layer['name'])}"이(가) ${calls.length}번 쓰였습니다. Convas에서는 층마다 한 번만 쓰입니다.`,
      })
    return listedLayer(entry, calls.flatMap(sourcesOf))
  })
}

/** Names of the layers that a call takes: Keras 3 tells tensors with a history, Keras 2 lists of [name, node, tensor]. */
function sourcesOf(call: KerasValue): readonly string[] {
  const names: string[] = []
  let visited = 0
  const visit = (value: KerasValue, depth: number) => {
    visited++
    if (depth > 8 || visited > 10_000)
      throw new Malformed({ en: 'The wires of the model are damaged.', ko: '모델의 연결 정보가 손상되었습니다.' })
    if (typeof value !== 'object' || value === null) return
    if (Array.isArray(value)) {
      const [name, node] = value as readonly KerasValue[]
      if (typeof name === 'string' && typeof node === 'number') names.push(name)
      else for (const one of value as readonly KerasValue[]) visit(one, depth + 1)
      return
    }
    const { class_name, config } = value as Record<string, KerasValue>
    if (class_name !== '__keras_tensor__') return
    const [name] = asList(asObject(config)['keras_history'])
    if (typeof name === 'string') names.push(name)
  }
  visit(Array.isArray(call) ? call : (asObject(call)['args'] ?? []), 0)
  return names
}

function listedLayer(entry: KerasValue, inputs: readonly string[]): ListedLayer {
  const layer = asObject(entry)
  const config = asObject(layer['config'])
  const name = config['name'] ?? layer['name']
  if (typeof name !== 'string' || typeof layer['class_name'] !== 'string')
    throw new Malformed({ en: 'A layer of the model has no name.', ko: '모델에 이름이 없는 층이 있습니다.' })
  return { className: layer['class_name'], name, config, inputs }
}

/** What a file says, as far as a sentence can hold it. */
function shortText(value: KerasValue | undefined): string {
  return typeof value === 'string' ? value.slice(0, 60) : 'nameless object'
}

function missingLayer(from: string, to: string): Text {
  return {
    en: `"${to.slice(0, 60)}" takes "${from.slice(0, 60)}", which the model does not have.`,
    ko: `"${to.slice(0, 60)}"의 입력 "${from.slice(0, 60)}"이(가) 모델에 없습니다.`,
  }
}

function asObject(value: unknown): KerasConfig {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as KerasConfig
  throw new Malformed({
    en: 'The description of the model is damaged: an object was expected.',
    ko: '모델 설명이 손상되었습니다. 객체가 있어야 할 자리에 다른 것이 있습니다.',
  })
}

function asList(value: unknown): KerasValue[] {
  if (Array.isArray(value) && value.length <= mostLayers) return [...(value as KerasValue[])]
  throw new Malformed({
    en: `The description of the model is damaged: a list of at most ${mostLayers} entries was expected.`,
    ko: `모델 설명이 손상되었습니다. ${mostLayers}개 이하의 목록이 있어야 합니다.`,
  })
}

/** Keras's names as ids of nodes; two that differ only in what ids cannot hold stay two. */
function uniqueIds(names: readonly string[]): ReadonlyMap<string, string> {
  const ids = new Map<string, string>()
  const taken = new Set<string>()
  for (const name of names) {
    if (ids.has(name))
      throw new Malformed({
        en: `Two layers are called "${name.slice(0, 60)}".`,
        ko: `이름이 "${name.slice(0, 60)}"인 층이 둘 있습니다.`,
      })
    const plain = name.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 100) || 'layer'
    let id = plain
    for (let count = 2; taken.has(id); count++) id = `${plain}_${count}`
    taken.add(id)
    ids.set(name, id)
  }
  return ids
}
