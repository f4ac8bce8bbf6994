import type { Shape } from '../graph/graph.ts'
import { ShapeMismatch } from './define.ts'
import { formatShape } from './window-shapes.ts'

/** The shape of a cell-by-cell operation. With `broadcast` an axis of length 1 stretches to the other inputs' length. */
export function elementwiseShape(
  inputs: readonly Shape[],
  label: string,
  options: { readonly broadcast: boolean },
): Shape {
  const [first = [], ...others] = inputs
  const result = [...first]
  others.forEach((input, position) => {
    const fits =
      input.length === result.length &&
      input.every((length, axis) => {
        const other = result[axis]
        return length === other || (options.broadcast && (length === 1 || other === 1))
      })
    if (!fits) throw mergeMismatch(label, result, input, position + 1)
    input.forEach((length, axis) => {
      if (result[axis] === 1) result[axis] = length
    })
  })
  return result
}

export function mergeMismatch(label: string, expected: Shape, received: Shape, input: number): ShapeMismatch {
  return new ShapeMismatch(
    'merge.shapes-differ',
    {
      en: `${label} needs inputs of matching shapes, here ${formatShape(expected)}. Received: ${formatShape(received)}`,
      ko: `${label}의 입력은 서로 크기가 맞아야 합니다(여기서는 ${formatShape(expected)}). 받은 크기: ${formatShape(received)}`,
    },
    input,
    { type: 'shape', shape: expected },
  )
}
