import { joinedCell } from './cells/copies.ts'
import { defineLayer, ShapeMismatch } from './define.ts'
import { mergeMismatch } from './merge-shapes.ts'
import { int } from './params.ts'

export const concatenate = defineLayer({
  kind: 'merge',
  title: { en: 'Concatenation', ko: '이어 붙이기' },
  label: 'Concatenate',
  help: {
    en: 'Puts its inputs behind one another along one axis, usually the channels, so that what follows sees the maps of all branches. The other axes must be equal. Axis −1 is the last; 1 is the first after the batch.',
    ko: '입력을 한 축(보통 채널)을 따라 이어 붙여 다음 층이 모든 갈래의 맵을 보게 합니다. 나머지 축의 길이는 같아야 합니다. 축 −1은 마지막 축, 1은 배치 다음의 첫 축입니다.',
  },
  prefix: 'Cat',
  params: { axis: int({ label: { en: 'Axis', ko: '축' }, min: -4, max: 4, default: -1 }) },
  inputs: 'many',
  outputShape: (inputs, { axis }) => {
    const [first = [], ...others] = inputs
    // The batch axis counts as 0, as in tfjs; it cannot be joined.
    const position = axis < 0 ? first.length + axis : axis - 1
    if (position < 0 || position >= first.length) {
      throw new ShapeMismatch(
        'concatenate.axis',
        {
          en: `\`axis\` must be from 1 to ${first.length}, or from −${first.length} to −1. Received: ${axis}`,
          ko: `\`axis\`는 1에서 ${first.length}까지 또는 −${first.length}에서 −1까지여야 합니다. 받은 값: ${axis}`,
        },
        null,
        {
          type: 'params',
          choices: [
            { title: { en: 'Join along the last axis', ko: '마지막 축을 따라 이어 붙이기' }, params: { axis: -1 } },
          ],
        },
      )
    }
    others.forEach((input, index) => {
      const fits = input.length === first.length && input.every((length, at) => at === position || length === first[at])
      if (!fits) throw mergeMismatch('Concatenate', first, input, index + 1)
    })
    const joined = inputs.reduce((sum, input) => sum + (input[position] ?? 0), 0)
    return first.map((length, at) => (at === position ? joined : length))
  },
  brief: ({ axis }) => (axis === -1 ? '' : `axis ${axis}`),
  cell: ({ axis }) => joinedCell((rank) => (axis < 0 ? rank + axis : axis - 1)),
  keras: { className: 'Concatenate' },
  torch: ({ inputs: [input = []] }, { axis }) => {
    const position = axis < 0 ? input.length + axis : axis - 1
    // Channels are on axis 1 there, all others one further on.
    const dimension = position === input.length - 1 ? 1 : position + 2
    return { call: (inputs) => `torch.cat((${inputs.join(', ')}), dim=${dimension})` }
  },
  build: ({ layers, name }, { axis }) => layers.concatenate({ name, axis }),
})
