import { analyzeModel } from '../graph/analyze.ts'
import type { LayerNode, Model, Params, Shape } from '../graph/graph.ts'
import type { LayerDefinition } from '../layers/define.ts'
import { definitionOf } from '../layers/registry.ts'
import type { Result } from '../result.ts'
import { failureIn, success } from '../result.ts'
import { pythonNames } from './python.ts'

/** A layer ready to be written down. Shapes are without the batch axis. */
export interface ExportedLayer {
  readonly id: string
  /** A variable of Python, and the layer's name in Keras. */
  readonly name: string
  /** The name on the canvas, such as "C1". */
  readonly title: string
  readonly node: LayerNode
  readonly definition: LayerDefinition
  /** All of them, with defaults. */
  readonly params: Params
  /** Names of the layers before it, in their order. */
  readonly inputs: readonly string[]
  readonly inputShapes: readonly Shape[]
  readonly outputShape: Shape
  readonly parameters: number
}

export interface ExportedModel {
  readonly model: Model
  /** Each after its inputs; the first is the input, the last the only output. */
  readonly layers: readonly ExportedLayer[]
  readonly isChain: boolean
  readonly parameters: number
  readonly inputShape: Shape
  readonly outputShape: Shape
}

/** A model without errors, layer by layer in the order of the data's flow. */
export function exportedModel(model: Model): Result<ExportedModel> {
  const analysis = analyzeModel(model, null)
  const problem = analysis.problems.find(({ severity }) => severity === 'error')
  if (problem !== undefined)
    return failureIn('invalid-model', {
      en: `"${model.name}" has a problem that has to be mended first: ${problem.text.en}`,
      ko: `"${model.name}"에 먼저 고쳐야 할 문제가 있습니다: ${problem.text.ko}`,
    })
  const byId = new Map(model.nodes.map((node) => [node.id, node]))
  const names = pythonNames(analysis.order)
  const layers = analysis.order.flatMap((id): ExportedLayer[] => {
    const node = byId.get(id)
    const found = analysis.nodes.get(id)
    if (node === undefined || !found?.outputShape) return []
    const definition = definitionOf(node.layer)
    const parsed = definition.readParams(node.params)
    const sources = model.edges.filter(([, to]) => to === id).map(([from]) => from)
    return [
      {
        id,
        name: names.get(id) ?? id,
        title: found.name,
        node,
        definition,
        params: parsed.ok ? parsed.value : node.params,
        inputs: sources.map((source) => names.get(source) ?? source),
        inputShapes: found.inputShapes.map((shape) => shape ?? []),
        outputShape: found.outputShape,
        parameters: found.parameters,
      },
    ]
  })
  const [first] = layers
  const last = layers.at(-1)
  const inputs = layers.filter(({ node }) => node.layer === 'input')
  const outputs = layers.filter(({ id }) => !model.edges.some(([from]) => from === id))
  if (first === undefined || last === undefined || inputs.length !== 1 || outputs.length !== 1)
    return failureIn('invalid-model', {
      en: `"${model.name}" needs exactly one input and one output. Found: ${inputs.length} and ${outputs.length}.`,
      ko: `"${model.name}"에는 입력과 출력이 하나씩 있어야 합니다. 현재: ${inputs.length}개, ${outputs.length}개.`,
    })
  return success({
    model,
    layers,
    isChain: layers.every(({ inputs }, index) => index === 0 || inputs.join() === layers[index - 1]?.name),
    parameters: analysis.parameters,
    inputShape: first.outputShape,
    outputShape: last.outputShape,
  })
}
