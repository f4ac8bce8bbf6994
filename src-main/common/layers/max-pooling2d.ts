import { maximumPoolCell } from './cells/pooling.ts'
import { defineLayer } from './define.ts'
import { poolToken } from './notation-tokens.ts'
import { perAxis } from './params.ts'
import { paddingParam, poolSizeParam, poolStridesParam } from './shared-params.ts'
import { pictureOf, poolBrief, slideOver } from './window-shapes.ts'
import type { SlidingWindow } from './window-shapes.ts'
import { torchPooling } from './torch.ts'

export const maxPooling2d = defineLayer({
  kind: 'pooling',
  title: { en: '2-D max pooling', ko: '2차원 최대 풀링' },
  label: 'MaxPooling2D',
  help: {
    en: 'Keeps the largest value of every window and drops the rest. A 2×2 window halves height and width, makes what follows four times cheaper, and lets a feature move by a pixel without changing the answer much. It has no weights.',
    ko: '창마다 가장 큰 값만 남기고 나머지는 버립니다. 2×2 창은 높이와 너비를 절반으로 줄여 뒤의 계산을 4분의 1로 줄이고, 특징이 한 픽셀쯤 움직여도 결과가 크게 달라지지 않게 합니다. 가중치는 없습니다.',
  },
  prefix: 'P',
  params: { poolSize: poolSizeParam(2), strides: poolStridesParam(2), padding: paddingParam },
  inputs: 1,
  outputShape: (inputs, params) => {
    const [height, width, channels] = pictureOf(inputs, 'MaxPooling2D')
    return [...slideOver([height, width], windowOf(params), 'poolSize'), channels]
  },
  brief: (params) => poolBrief(params, 2),
  window: (params) => windowOf(params),
  token: ({ poolSize, strides, padding }) => poolToken('P', poolSize, strides, padding),
  cell: (params) => maximumPoolCell(windowOf(params)),
  keras: {
    className: 'MaxPooling2D',
    config: ({ poolSize, strides }) => ({ strides: [...perAxis(strides ?? poolSize, 2)] }),
  },
  torch: ({ inputs: [input = []] }, params) => torchPooling('max', windowOf(params), input),
  build: ({ layers, name }, { poolSize, strides, padding }) => {
    const size = perAxis(poolSize, 2)
    return layers.maxPooling2d({
      name,
      poolSize: [...size],
      strides: [...perAxis(strides ?? size, 2)],
      padding,
    })
  },
})

function windowOf(params: {
  readonly poolSize: number | readonly number[]
  readonly strides: number | readonly number[] | null
  readonly padding: 'same' | 'valid'
}): SlidingWindow {
  const size = perAxis(params.poolSize, 2)
  return { size, strides: perAxis(params.strides ?? size, 2), padding: params.padding, dilation: [1, 1] }
}
