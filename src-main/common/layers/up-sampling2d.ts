import { repeatedCell } from './cells/copies.ts'
import { defineLayer } from './define.ts'
import { perAxis, size } from './params.ts'
import { formatSize, pictureOf } from './window-shapes.ts'
import { pythonTuple } from './torch.ts'

export const upSampling2d = defineLayer({
  kind: 'reshape',
  title: { en: '2-D up-sampling', ko: '2차원 업샘플링' },
  label: 'UpSampling2D',
  help: {
    en: 'Enlarges every map by repeating its rows and columns; it has no weights. Followed by a convolution it is the plain alternative to a transposed convolution.',
    ko: '행과 열을 반복하여 각 맵을 확대하며 가중치는 없습니다. 뒤에 합성곱을 두면 전치 합성곱을 대신하는 간단한 방법이 됩니다.',
  },
  prefix: 'U',
  params: { size: size({ label: { en: 'Factor', ko: '배율' }, axes: 2, default: 2 }) },
  inputs: 1,
  outputShape: (inputs, params) => {
    const [height, width, channels] = pictureOf(inputs, 'UpSampling2D')
    const [rows, columns] = perAxis(params.size, 2)
    return [height * rows, width * columns, channels]
  },
  brief: (params) => formatSize(params.size, 2),
  cell: (params) => repeatedCell(perAxis(params.size, 2)),
  keras: { className: 'UpSampling2D', fixed: { interpolation: 'nearest' } },
  torch: (_, params) => ({
    call: ([x = '']) => `F.interpolate(${x}, scale_factor=${pythonTuple(perAxis(params.size, 2))}, mode="nearest")`,
  }),
  build: ({ layers, name }, params) => layers.upSampling2d({ name, size: [...perAxis(params.size, 2)] }),
})
