import { meanPoolCell } from './cells/pooling.ts'
import { defineLayer } from './define.ts'
import { poolToken } from './notation-tokens.ts'
import { perAxis } from './params.ts'
import { paddingParam, poolSizeParam, poolStridesParam } from './shared-params.ts'
import { pictureOf, poolBrief, slideOver } from './window-shapes.ts'
import type { SlidingWindow } from './window-shapes.ts'
import { torchPooling } from './torch.ts'

export const averagePooling2d = defineLayer({
  kind: 'pooling',
  title: { en: '2-D average pooling', ko: '2차원 평균 풀링' },
  label: 'AveragePooling2D',
  help: {
    en: 'Replaces every window by its mean. It shrinks the maps as max pooling does, but blurs instead of keeping the strongest response. It has no weights.',
    ko: '창마다 평균값으로 바꿉니다. 최대 풀링처럼 맵을 줄이지만 가장 강한 반응을 남기는 대신 부드럽게 만듭니다. 가중치는 없습니다.',
  },
  prefix: 'AP',
  params: { poolSize: poolSizeParam(2), strides: poolStridesParam(2), padding: paddingParam },
  inputs: 1,
  outputShape: (inputs, params) => {
    const [height, width, channels] = pictureOf(inputs, 'AveragePooling2D')
    return [...slideOver([height, width], windowOf(params), 'poolSize'), channels]
  },
  brief: (params) => poolBrief(params, 2),
  window: (params) => windowOf(params),
  token: ({ poolSize, strides, padding }) => poolToken('AP', poolSize, strides, padding),
  cell: (params) => meanPoolCell(windowOf(params)),
  keras: {
    className: 'AveragePooling2D',
    config: ({ poolSize, strides }) => ({ strides: [...perAxis(strides ?? poolSize, 2)] }),
  },
  torch: ({ inputs: [input = []] }, params) => torchPooling('avg', windowOf(params), input),
  build: ({ layers, name }, { poolSize, strides, padding }) => {
    const size = perAxis(poolSize, 2)
    return layers.averagePooling2d({
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
