import { meanPoolCell } from './cells/pooling.ts'
import { defineLayer } from './define.ts'
import { poolToken } from './notation-tokens.ts'
import { perAxis } from './params.ts'
import { paddingParam, poolSizeParam, poolStridesParam } from './shared-params.ts'
import { seriesOf, poolBrief, slideOver } from './window-shapes.ts'
import type { SlidingWindow } from './window-shapes.ts'
import { torchPooling } from './torch.ts'

export const averagePooling1d = defineLayer({
  kind: 'pooling',
  title: { en: '1-D average pooling', ko: '1차원 평균 풀링' },
  label: 'AveragePooling1D',
  help: {
    en: 'Replaces every short stretch of a series by its mean, channel by channel. A window of 2 halves the number of steps and smooths the series. It has no weights.',
    ko: '시계열의 짧은 구간을 채널별 평균값으로 바꿉니다. 창 크기가 2이면 시점 수가 절반이 되고 시계열이 매끄러워집니다. 가중치는 없습니다.',
  },
  prefix: 'AP',
  params: { poolSize: poolSizeParam(1), strides: poolStridesParam(1), padding: paddingParam },
  inputs: 1,
  outputShape: (inputs, params) => {
    const [steps, channels] = seriesOf(inputs, 'AveragePooling1D')
    return [...slideOver([steps], windowOf(params), 'poolSize'), channels]
  },
  brief: (params) => poolBrief(params, 1),
  window: (params) => windowOf(params),
  token: ({ poolSize, strides, padding }) => poolToken('AP', poolSize, strides, padding),
  cell: (params) => meanPoolCell(windowOf(params)),
  keras: {
    className: 'AveragePooling1D',
    config: ({ poolSize, strides }) => ({ strides: [...perAxis(strides ?? poolSize, 1)] }),
  },
  torch: ({ inputs: [input = []] }, params) => torchPooling('avg', windowOf(params), input),
  build: ({ layers, name }, { poolSize, strides, padding }) => {
    const size = perAxis(poolSize, 1)
    return layers.averagePooling1d({
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
