import { paddedCell } from './cells/copies.ts'
import { defineLayer } from './define.ts'
import { perAxis, size } from './params.ts'
import { formatSize, pictureOf } from './window-shapes.ts'
import { UnknownSetting } from './keras.ts'
import type { KerasValue } from './keras.ts'

export const zeroPadding2d = defineLayer({
  kind: 'reshape',
  title: { en: '2-D zero padding', ko: '2차원 제로 패딩' },
  label: 'ZeroPadding2D',
  help: {
    en: 'Puts a frame of zeros around every map: `padding` rows above and below, and columns left and right. With it a kernel can be centred on the border pixels.',
    ko: '각 맵의 둘레에 0으로 된 테두리를 두릅니다. 위아래로 `padding`만큼의 행, 좌우로 그만큼의 열이 더해집니다. 커널의 중심이 가장자리 픽셀에도 놓일 수 있습니다.',
  },
  prefix: 'ZP',
  params: { padding: size({ label: { en: 'Padding', ko: '패딩' }, axes: 2, default: 1, min: 0 }) },
  inputs: 1,
  outputShape: (inputs, { padding }) => {
    const [height, width, channels] = pictureOf(inputs, 'ZeroPadding2D')
    const [rows, columns] = perAxis(padding, 2)
    return [height + 2 * rows, width + 2 * columns, channels]
  },
  brief: ({ padding }) => formatSize(padding, 2),
  cell: ({ padding }) => paddedCell(perAxis(padding, 2)),
  keras: {
    className: 'ZeroPadding2D',
    config: ({ padding }) => ({ padding: perAxis(padding, 2).map((length) => [length, length]) }),
    params: ({ padding }) => ({ padding: symmetricPadding(padding ?? 1) }),
  },
  torch: (_, { padding }) => {
    const [rows, columns] = perAxis(padding, 2)
    return { call: ([x = '']) => `F.pad(${x}, (${columns}, ${columns}, ${rows}, ${rows}))` }
  },
  build: ({ layers, name }, { padding }) => {
    const [rows, columns] = perAxis(padding, 2)
    return layers.zeroPadding2d({ name, padding: [rows, columns] })
  },
})

/** Keras pads each side by itself: [[top, bottom], [left, right]], or one number for all, or one an axis. */
function symmetricPadding(padding: KerasValue): readonly number[] {
  const axes = Array.isArray(padding) ? (padding as readonly KerasValue[]) : [padding, padding]
  return axes.map((axis) => {
    const [before, after = before] = Array.isArray(axis) ? (axis as readonly KerasValue[]) : [axis]
    if (typeof before !== 'number' || before !== after) throw new UnknownSetting('padding', padding)
    return before
  })
}
