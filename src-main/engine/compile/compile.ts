import type { LayerNode, Model, Shape } from '../../common/graph/graph.ts'
import type { BuildContext } from '../../common/layers/define.ts'
import { definitionOf } from '../../common/layers/registry.ts'
import type { Text } from '../../common/layers/text.ts'
import type { Result } from '../../common/result.ts'
import { failureIn, success } from '../../common/result.ts'
import type { Backend } from '../backends/backend.ts'
import type { tf } from '../backends/tensor-library.ts'
import { deriveSeed } from '../random.ts'
import { fuseBatchNormalization } from './fused-batch-normalization.ts'
import { seededInitializer } from './initializers.ts'
import { seededDropout, seededGaussianNoise } from './noise-layers.ts'
import type { NoiseClock } from './noise-layers.ts'

/** One weight of a model; `name` is the layer's own word for it, such as "kernel" or "movingMean". */
export interface NamedWeight {
  readonly node: string
  readonly name: string
  readonly shape: Shape
  readonly trainable: boolean
  readonly variable: tf.Variable
}

/** What flows through a model for one batch; all with the batch axis. */
export interface ForwardPass {
  /** The last node's output before its final sigmoid or softmax. */
  readonly logits: tf.Tensor
  /** The last node's output as the graph says it. */
  readonly output: tf.Tensor
  /** Outputs by node id, of the nodes asked for. */
  readonly captured: ReadonlyMap<string, tf.Tensor>
}

/** A graph with real weights. */
export interface CompiledModel {
  readonly id: string
  readonly inputShape: Shape
  readonly outputShape: Shape
  readonly weights: readonly NamedWeight[]
  readonly parameters: number
  /** tfjs's own model: the input, and every node's output in `order`. */
  readonly layersModel: tf.LayersModel
  readonly order: readonly string[]
  readonly clock: NoiseClock
  /** x [batch, ...inputShape]. The result's tensors belong to the caller. */
  readonly forward: (
    x: tf.Tensor,
    options?: {
      readonly training?: boolean
      readonly capture?: ReadonlySet<string>
      /** Outputs that are taken instead of what the nodes would compute. */
      readonly given?: ReadonlyMap<string, tf.Tensor>
    },
  ) => ForwardPass
  /** The sum of the layers' own penalties (L1, L2); null where there are none. */
  readonly penalty: () => tf.Scalar | null
  readonly dispose: () => void
}

interface BuiltNode {
  readonly node: LayerNode
  readonly inputs: readonly string[]
  readonly layer: tf.layers.Layer | null
}

/** Builds a model on a backend. `seed` decides the weights; nothing is drawn in order, so any subset is reproducible. */
export function compileModel(backend: Backend, model: Model, seed: number): Result<CompiledModel> {
  const sorted = orderOf(model)
  if (!sorted.ok) return sorted
  const order = sorted.value
  const entry = order.find((node) => node.layer === 'input')
  const exits = order.filter((node) => !model.edges.some(([from]) => from === node.id))
  const exit = exits[0]
  if (entry === undefined || order.filter((node) => node.layer === 'input').length > 1)
    return invalid(model, { en: 'exactly one input was expected', ko: '입력 층은 하나여야 합니다' })
  if (exit === undefined || exits.length > 1)
    return invalid(model, {
      en: `exactly one output was expected. Received: ${exits.map((node) => node.id).join(', ')}`,
      ko: `출력 층은 하나여야 합니다. 받은 값: ${exits.map((node) => node.id).join(', ')}`,
    })

  const clock: NoiseClock = { step: 0 }
  const library = backend.tf
  const built: BuiltNode[] = []
  const symbolic = new Map<string, tf.SymbolicTensor>()
  let finalActivation: tf.layers.Layer | null = null
  let inputShape: Shape = []
  try {
    for (const node of order) {
      const definition = definitionOf(node.layer)
      const parsed = definition.readParams(node.params)
      if (!parsed.ok) {
        const fault = parsed.faults[0]
        return invalid(model, {
          en: `${node.id}: ${fault?.param} must be ${fault?.expected}. Received: ${fault?.received}`,
          ko: `${node.id}: ${fault?.text.ko}`,
        })
      }
      const inputs = model.edges.filter(([, to]) => to === node.id).map(([from]) => from)
      if (definition.build === null) {
        inputShape = parsed.value['shape'] as Shape
        symbolic.set(node.id, library.input({ shape: [...inputShape], name: layerName(model, node.id) }))
        built.push({ node, inputs, layer: null })
        continue
      }
      const activation = parsed.value['activation']
      const isStripped = node === exit && (activation === 'sigmoid' || activation === 'softmax')
      const params = isStripped ? { ...parsed.value, activation: 'linear' } : parsed.value
      const layer = definition.build(buildContext(backend, model, node, seed, clock), params)
      unfuseDilated(library, layer)
      fuseBatchNormalization(backend, layer)
      const sources = inputs.map((id) => symbolic.get(id) as tf.SymbolicTensor)
      let output = layer.apply(sources.length === 1 ? (sources[0] as tf.SymbolicTensor) : sources) as tf.SymbolicTensor
      if (isStripped) {
        finalActivation = library.layers.activation({ activation, name: `${layerName(model, node.id)}_${activation}` })
        output = finalActivation.apply(output) as tf.SymbolicTensor
      }
      symbolic.set(node.id, output)
      built.push({ node, inputs, layer })
    }
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    return invalid(model, { en: said, ko: said })
  }
  const outputs = order.map((node) => symbolic.get(node.id) as tf.SymbolicTensor)
  const layersModel = library.model({ inputs: symbolic.get(entry.id) as tf.SymbolicTensor, outputs })
  const weights = built.flatMap(weightsOf)

  const forward: CompiledModel['forward'] = (x, { training = false, capture, given } = {}) => {
    const values = new Map<string, tf.Tensor>()
    let logits: tf.Tensor = x
    for (const { node, inputs, layer } of built) {
      const sources = inputs.map((id) => values.get(id) as tf.Tensor)
      let value =
        layer === null
          ? x
          : (given?.get(node.id) ??
            (layer.apply(sources.length === 1 ? (sources[0] as tf.Tensor) : sources, { training }) as tf.Tensor))
      if (node === exit) {
        logits = value
        if (finalActivation !== null) value = finalActivation.apply(value) as tf.Tensor
      }
      values.set(node.id, value)
    }
    const captured = new Map<string, tf.Tensor>()
    for (const id of capture ?? []) {
      const value = values.get(id)
      if (value !== undefined) captured.set(id, value)
    }
    return { logits, output: values.get(exit.id) as tf.Tensor, captured }
  }

  return success({
    id: model.id,
    inputShape,
    outputShape: (symbolic.get(exit.id) as tf.SymbolicTensor).shape.slice(1) as number[],
    weights,
    parameters: weights.reduce((sum, weight) => sum + weight.variable.size, 0),
    layersModel,
    order: order.map((node) => node.id),
    clock,
    forward,
    penalty: () => {
      const losses = built.flatMap(({ layer }) => layer?.calculateLosses() ?? [])
      return losses.length === 0 ? null : losses.reduce((sum, loss) => library.add<tf.Scalar>(sum, loss))
    },
    dispose: () => {
      for (const { variable } of weights) variable.dispose()
    },
  })
}

interface ConvolutionLayer extends tf.layers.Layer {
  readonly dilationRate?: readonly number[]
  readonly strides: [number, number]
  readonly padding: 'same' | 'valid'
  readonly kernel: tf.LayerVariable
  readonly bias: tf.LayerVariable | null
  readonly activation: { readonly apply: (x: tf.Tensor) => tf.Tensor }
}

/** tfjs runs every 2-D convolution layer as a fused op, whose gradient refuses dilation: here it is taken apart. */
function unfuseDilated(library: Backend['tf'], layer: tf.layers.Layer): void {
  const { dilationRate, strides, padding } = layer as ConvolutionLayer
  if (dilationRate?.length !== 2 || dilationRate.every((rate) => rate === 1)) return
  layer.call = (inputs) =>
    library.tidy(() => {
      const { kernel, bias, activation } = layer as ConvolutionLayer
      const x = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor4D
      const sums = library.conv2d(x, kernel.read() as tf.Tensor4D, strides, padding, 'NHWC', [...dilationRate] as [
        number,
        number,
      ])
      return activation.apply(bias === null ? sums : library.add(sums, bias.read()))
    })
}

function invalid(model: Model, reason: Text) {
  return failureIn('invalid-model', {
    en: `The model "${model.name}" cannot be built: ${reason.en}`,
    ko: `"${model.name}" 모델을 만들 수 없습니다: ${reason.ko}`,
  })
}

/** Node ids may hold anything; tfjs's layer names are letters, digits and underscores. */
function layerName(model: Model, id: string): string {
  const position = model.nodes.findIndex((node) => node.id === id)
  return `n${position}_${id.replace(/[^A-Za-z0-9_]/g, '_')}`
}

function buildContext(backend: Backend, model: Model, node: LayerNode, seed: number, clock: NoiseClock): BuildContext {
  const library = backend.tf
  const name = layerName(model, node.id)
  const noise = { backend, clock, seed: deriveSeed(seed, 'noise', node.id), name }
  return {
    layers: library.layers,
    name,
    initializer: (initializer, weight) =>
      seededInitializer(library, initializer, deriveSeed(seed, 'weights', node.id, weight)),
    regularizer: (l1, l2) => (l1 === 0 && l2 === 0 ? undefined : library.regularizers.l1l2({ l1, l2 })),
    dropout: (rate) => seededDropout(noise, rate),
    gaussianNoise: (stddev) => seededGaussianNoise(noise, stddev),
  }
}

function weightsOf({ node, layer }: BuiltNode): NamedWeight[] {
  if (layer === null) return []
  const trainable = new Set(layer.trainableWeights)
  return layer.weights.map((weight) => ({
    node: node.id,
    name: camelCase(weight.originalName.slice(weight.originalName.lastIndexOf('/') + 1)),
    shape: weight.shape.map((length) => length ?? 0),
    trainable: trainable.has(weight),
    variable: (weight as unknown as { val: tf.Variable }).val,
  }))
}

function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

/** Nodes that the input reaches, each after its sources; kept in the order of the model's list where several are possible. */
function orderOf(model: Model): Result<readonly LayerNode[]> {
  const waiting = new Map(model.nodes.map((node) => [node.id, node]))
  const done = new Set<string>()
  const order: LayerNode[] = []
  for (;;) {
    const next = [...waiting.values()].find((node) =>
      model.edges.every(([from, to]) => to !== node.id || done.has(from) || !model.nodes.some(({ id }) => id === from)),
    )
    if (next === undefined) break
    waiting.delete(next.id)
    done.add(next.id)
    order.push(next)
  }
  if (waiting.size > 0)
    return invalid(model, {
      en: `the wires form a cycle through ${[...waiting.keys()].join(', ')}`,
      ko: `연결이 순환합니다: ${[...waiting.keys()].join(', ')}`,
    })
  if (order.length === 0) return invalid(model, { en: 'it has no layers', ko: '층이 없습니다' })
  const faulty = order.find((node) => {
    const count = model.edges.filter(([, to]) => to === node.id).length
    const expected = definitionOf(node.layer).inputs
    return expected === 'many' ? count < 2 : count !== expected
  })
  if (faulty !== undefined)
    return invalid(model, {
      en: `"${faulty.id}" has a wrong number of wires into it`,
      ko: `"${faulty.id}" 층에 들어오는 연결의 수가 맞지 않습니다`,
    })
  return success(order)
}
