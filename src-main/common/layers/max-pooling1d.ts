import { maximumPoolCell } from './cells/pooling.ts'
import { defineLayer } from './define.ts'
import { poolToken } from './notation-tokens.ts'
import { perAxis } from './params.ts'
import { paddingParam, poolSizeParam, poolStridesParam } from './shared-params.ts'
import { seriesOf, poolBrief, slideOver } from './window-shapes.ts'
import type { SlidingWindow } from './window-shapes.ts'
import { torchPooling } from './torch.ts'

export const maxPooling1d = defineLayer({
  kind: 'pooling',
  title: { en: '1-D max pooling', ko: '1차원 최대 풀링' },
  label: 'MaxPooling1D',
  help: {
    en: 'Keeps the largest value of every short stretch of a series, channel by channel. A window of 2 halves the number of steps. It has no weights.',
    ko: '시계열의 짧은 구간마다 채널별로 가장 큰 값만 남깁니다. 창 크기가 2이면 시점 수가 절반이 됩니다. 가중치는 없습니다.',
  },
  prefix: 'P',
  params: { poolSize: poolSizeParam(1), strides: poolStridesParam(1), padding: paddingParam },
  inputs: 1,
  outputShape: (inputs, params) => {
    const [steps, channels] = seriesOf(inputs, 'MaxPooling1D')
    return [...slideOver([steps], windowOf(params), 'poolSize'), channels]
  },
  brief: (params) => poolBrief(params, 1),
  window: (params) => windowOf(params),
  token: ({ poolSize, strides, padding }) => poolToken('P', poolSize, strides, padding),
  cell: (params) => maximumPoolCell(windowOf(params)),
  keras: {
    className: 'MaxPooling1D',
    config: ({ poolSize, strides }) => ({ strides: [...perAxis(strides ?? poolSize, 1)] }),
  },
  torch: ({ inputs: [input = []] }, params) => torchPooling('max', windowOf(params), input),
  build: ({ layers, name }, { poolSize, strides, padding }) => {
    const size = perAxis(poolSize, 1)
    return layers.maxPooling1d({
      name,
      poolSize: [...size],
      strides: [...perAxis(strides ?? size, 1)],
      padding,
    })
  },
})

function windowOf(params: {
  readonly poolSize: number | readonly number[]
  readonly strides: number | readonly number[] | null
  readonly padding: 'same' | 'valid'
}): SlidingWindow {
  const size = perAxis(params.poolSize, 1)
  return { size, strides: perAxis(params.strides ?? size, 1), padding: params.padding, dilation: [1] }
}
