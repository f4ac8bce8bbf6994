import type { Activation } from '../shared-params.ts'
import type { CellContext, CellRule, Place, TermGroup, Values } from './cell.ts'
import { activated, formulaOf, groupOf, requiredWeight, throughLastAxis, valueAt } from './cell.ts'

/** Every number of the input's last axis times its own weight of the kernel [in, units]. */
export function denseCell(activation: Activation): CellRule {
  const groupFor = (context: CellContext, unit: number): TermGroup => {
    const kernel = requiredWeight(context, 'kernel')
    const input = context.inputs[0] as Values
    return groupOf(
      Array.from({ length: input.shape.at(-1) ?? 1 }, (_, index) => {
        const at: Place = [...context.at.slice(0, -1), index]
        const [value, weight] = [valueAt(input, at), valueAt(kernel, [index, unit])]
        return { input: 0, at, value, weight, product: value * weight }
      }),
    )
  }
  return {
    reach: (box, [input = []]) => [throughLastAxis(box, input)],
    explain: (context) => {
      const biases = context.weight('bias')
      const biasOf = (unit: number) => (biases ? valueAt(biases, [unit]) : 0)
      const unit = context.at.at(-1) ?? 0
      const group = groupFor(context, unit)
      return formulaOf({
        operation: 'weighted-sum',
        groups: [group],
        bias: biases ? biasOf(unit) : null,
        ...activated(
          activation,
          context,
          group.sum + biasOf(unit),
          (other) => groupFor(context, other).sum + biasOf(other),
        ),
      })
    },
  }
}
