import { reshapedCell } from './cells/copies.ts'
import { defineLayer, ShapeMismatch } from './define.ts'
import { shape } from './params.ts'
import { formatShape, sizeOf } from './window-shapes.ts'
import { withChannelsLast } from './torch.ts'

export const reshape = defineLayer({
  kind: 'reshape',
  title: { en: 'Reshape', ko: '형태 변경' },
  label: 'Reshape',
  help: {
    en: 'Arranges the same numbers in another shape, row by row; nothing is computed. The target must hold exactly as many numbers as the input.',
    ko: '같은 수들을 순서대로 다른 크기로 배열하며 계산은 없습니다. 목표 크기에 들어가는 수의 개수가 입력과 정확히 같아야 합니다.',
  },
  prefix: 'R',
  params: { targetShape: shape({ label: { en: 'Target shape', ko: '목표 크기' }, default: [28, 28, 1] }) },
  inputs: 1,
  outputShape: ([input = []], { targetShape }) => {
    const count = sizeOf(input)
    if (sizeOf(targetShape) === count) return targetShape
    const fitting = fittingShape(targetShape, count)
    throw new ShapeMismatch(
      'reshape.count',
      {
        en: `\`targetShape\` must hold ${count} numbers, as many as the input of ${formatShape(input)}. Received: ${formatShape(targetShape)}, which holds ${sizeOf(targetShape)}`,
        ko: `\`targetShape\`에는 입력 ${formatShape(input)}과 같은 ${count}개의 수가 들어가야 합니다. 받은 값: ${formatShape(targetShape)} (${sizeOf(targetShape)}개)`,
      },
      0,
      {
        type: 'params',
        choices: [
          {
            title: {
              en: `Set the target shape to ${formatShape(fitting)}`,
              ko: `목표 크기를 ${formatShape(fitting)}로 설정`,
            },
            params: { targetShape: fitting },
          },
        ],
      },
    )
  },
  brief: ({ targetShape }) => formatShape(targetShape),
  cell: () => reshapedCell,
  keras: { className: 'Reshape' },
  torch: ({ inputs: [input = []] }, { targetShape }) => ({
    call: ([x = '']) =>
      withChannelsLast(x, (row) => `${row}.reshape(-1, ${targetShape.join(', ')})`, {
        from: input.length,
        to: targetShape.length,
      }),
  }),
  build: ({ layers, name }, { targetShape }) => layers.reshape({ name, targetShape: [...targetShape] }),
})

/** The target with its last axis changed so that it holds `count` numbers; one row where that does not come out even. */
function fittingShape(target: readonly number[], count: number): readonly number[] {
  const leading = target.slice(0, -1)
  const rest = count / sizeOf(leading)
  if (Number.isInteger(rest) && rest >= 1 && rest <= 100_000) return [...leading, rest]
  const padded = [count, ...leading.map(() => 1)]
  return count <= 100_000 ? padded : [1, ...padded].slice(0, 4)
}
