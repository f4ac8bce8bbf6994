import { reshapedCell } from './cells/copies.ts'
import { defineLayer, ShapeMismatch } from './define.ts'
import { formatShape, sizeOf } from './window-shapes.ts'
import { withChannelsLast } from './torch.ts'

export const flatten = defineLayer({
  kind: 'reshape',
  title: { en: 'Flatten', ko: '평탄화' },
  label: 'Flatten',
  help: {
    en: 'Writes all numbers of its input into one row, so that a dense layer can take them. Nothing is computed and nothing is lost but the arrangement: neighbours are no longer known as neighbours.',
    ko: '입력의 모든 수를 한 줄로 펼쳐 완전 연결 층이 받을 수 있게 합니다. 계산은 없고 값도 그대로지만 배치 정보가 사라져, 이웃한 픽셀이 이웃이라는 것을 더 이상 알 수 없습니다.',
  },
  prefix: 'F',
  params: {},
  inputs: 1,
  outputShape: ([input = []]) => {
    if (input.length > 1) return [sizeOf(input)]
    throw new ShapeMismatch(
      'shape.mismatch',
      {
        en: `Flatten needs a picture or a series. Received a flat list already: ${formatShape(input)}`,
        ko: `Flatten의 입력은 그림이나 시계열이어야 합니다. 이미 1차원인 입력: ${formatShape(input)}`,
      },
      0,
    )
  },
  brief: () => '',
  token: () => 'F',
  cell: () => reshapedCell,
  keras: { className: 'Flatten' },
  torch: ({ inputs: [input = []] }) => ({
    // The numbers in the order that Convas has them: channels last.
    call: ([x = '']) => withChannelsLast(x, (row) => `${row}.flatten(1)`, { from: input.length, to: 1 }),
  }),
  build: ({ layers, name }) => layers.flatten({ name }),
})
