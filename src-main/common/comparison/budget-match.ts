import { analyzeModel } from '../graph/analyze.ts'
import type { LayerNode, Model } from '../graph/graph.ts'
import { placeNodes } from '../graph/layout.ts'
import { newNodeId } from '../graph/names.ts'
import type { Text } from '../layers/text.ts'
import type { Result } from '../result.ts'
import { failureIn, success } from '../result.ts'
import { formatCount } from '../thousands.ts'

/** What an MLP is given as much of as another model has. */
export type Budget = 'parameters' | 'multiplyAdds'

export interface MatchedModel {
  readonly model: Model
  readonly wanted: number
  readonly reached: number
  /** |reached − wanted| / wanted */
  readonly difference: number
  /** How close it comes, in a sentence. */
  readonly text: Text
}

/** Up to this difference one hidden layer is enough. */
const close = 0.01
/** More units in the second hidden layer than that are not tried. */
const mostUnits = 65_536

/**
 * An MLP (flatten, one or two hidden ReLU layers, the other model's output layer) with as many parameters or multiply-adds as
 * `model`, as nearly as whole units allow. Refused where the other model's counts or its output are not known.
 */
export function matchBudget(
  model: Model,
  { budget, id, name }: { readonly budget: Budget; readonly id: string; readonly name: string },
): Result<MatchedModel> {
  const analysis = analyzeModel(model, null)
  const wanted = analysis[budget]
  const input = model.nodes.find(({ layer }) => layer === 'input')
  const output = model.nodes.find((node) => node.id === analysis.order.at(-1))
  const shape = input && analysis.nodes.get(input.id)?.outputShape
  const units = output?.layer === 'dense' ? Number(output.params['units']) : NaN
  const hasErrors = analysis.problems.some(({ severity }) => severity === 'error')
  if (!input || !output || !shape || hasErrors || !(units >= 1) || wanted <= 0)
    return failureIn('invalid-model', {
      en: `“${model.name}” needs an input, a fully connected last layer and no problems before an MLP can be matched to it. Mend it in the Build room.`,
      ko: `“${model.name}” 모델에 맞는 MLP를 만들려면 입력과 마지막 완전 연결 층이 있고 문제가 없어야 합니다. 만들기 화면에서 고치세요.`,
    })
  const inputs = shape.reduce((product, length) => product * length, 1)
  const hidden = hiddenUnits({ inputs, outputs: units, wanted, biases: budget === 'parameters' ? 1 : 0 })
  const made = chain({ id, name, input, output, hidden, isFlat: shape.length === 1 })
  const reached = analyzeModel(made, null)[budget]
  const difference = Math.abs(reached - wanted) / wanted
  return success({ model: made, wanted, reached, difference, text: describe({ budget, hidden, wanted, reached }) })
}

interface Sizes {
  readonly inputs: number
  readonly outputs: number
  readonly wanted: number
  /** 1 where biases count. */
  readonly biases: 0 | 1
}

/** One hidden layer where that comes close enough; else two whose second takes what is left. */
function hiddenUnits({ inputs, outputs, wanted, biases }: Sizes): readonly number[] {
  const last = biases * outputs
  const one = Math.max(1, Math.round((wanted - last) / (inputs + biases + outputs)))
  const countOne = one * (inputs + biases + outputs) + last
  let best = { hidden: [one], off: Math.abs(countOne - wanted) }
  if (best.off <= close * wanted) return best.hidden
  // Fewer units in the first layer leave more for the second.
  for (let first = Math.min(one + 1, mostUnits); first >= 1; first--) {
    const rest = wanted - last - first * (inputs + biases)
    const second = Math.min(mostUnits, Math.max(1, Math.round(rest / (first + biases + outputs))))
    const off = Math.abs(first * (inputs + biases) + second * (first + biases + outputs) + last - wanted)
    if (off < best.off) best = { hidden: [first, second], off }
    if (best.off <= close * wanted) break
  }
  return best.hidden
}

interface Chain {
  readonly id: string
  readonly name: string
  readonly input: LayerNode
  readonly output: LayerNode
  readonly hidden: readonly number[]
  readonly isFlat: boolean
}

function chain({ id, name, input, output, hidden, isFlat }: Chain): Model {
  const nodes: LayerNode[] = []
  const add = (layer: LayerNode['layer'], params: LayerNode['params']) =>
    nodes.push({ id: newNodeId({ nodes, edges: [] }, layer), layer, params, x: 0, y: 0 })
  add('input', input.params)
  if (!isFlat) add('flatten', {})
  for (const units of hidden) add('dense', { units, activation: 'relu' })
  add('dense', { ...output.params })
  const edges = nodes.slice(1).map((node, index) => [nodes[index]?.id ?? '', node.id] as const)
  const places = placeNodes({ nodes, edges })
  return { id, name, nodes: nodes.map((node) => ({ ...node, ...places.get(node.id) })), edges }
}

function describe({
  budget,
  hidden,
  wanted,
  reached,
}: {
  readonly budget: Budget
  readonly hidden: readonly number[]
  readonly wanted: number
  readonly reached: number
}): Text {
  const off = Math.abs(reached - wanted) / wanted
  const percent = `${(off * 100).toFixed(2)} %`
  const counts = [reached, wanted].map(formatCount)
  const what = budget === 'parameters' ? { en: 'parameters', ko: '매개변수' } : { en: 'multiply-adds', ko: '곱셈-덧셈' }
  const layers = hidden.join(' + ')
  const en = `An MLP with ${layers} hidden units: ${counts[0]} ${what.en} against ${counts[1]}, ${percent} apart.`
  const ko = `은닉 유닛 ${layers}개의 MLP: ${what.ko} ${counts[0]}개 대 ${counts[1]}개, 차이 ${percent}.`
  if (off <= close) return { en, ko }
  return {
    en: `${en} Whole units come no closer: the smallest step of this input is larger than the difference.`,
    ko: `${ko} 유닛 수가 정수여서 더 가까이 맞출 수 없습니다.`,
  }
}
