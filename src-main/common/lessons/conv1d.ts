import type { WindowLesson } from './lesson.ts'
import { rowsOf } from './lesson.ts'

export const conv1d: WindowLesson = {
  kind: 'window',
  id: 'conv1d',
  title: { en: 'Convolve a series', ko: '시계열 합성곱(Conv1D)' },
  sees: {
    en: 'You see a kernel slide along time: each cell of the map is made of a few neighbouring moments.',
    ko: '커널이 시간 축을 따라 움직이며, 이웃한 몇 시점이 맵의 한 칸이 되는 것을 봅니다.',
  },
  about: {
    en: 'Conv1D does along one axis what Conv2D does along two. A kernel of 1 and −1 finds where the speed drops or rises, equal weights smooth it. Stride 2 takes every second place, so the map is half as long.',
    ko: 'Conv1D는 Conv2D가 두 축에서 하는 일을 한 축에서 합니다. 1과 −1로 된 커널은 속도가 떨어지거나 오르는 곳을 찾고, 같은 가중치는 곡선을 매끄럽게 합니다. 스트라이드가 2이면 한 칸 걸러 계산하므로 맵의 길이가 절반이 됩니다.',
  },
  question: {
    en: 'Which kernel gives 0 wherever the speed stays the same, and a large number at the beginning of a jam?',
    ko: '속도가 그대로인 곳에서는 0, 정체가 시작되는 곳에서는 큰 수가 나오는 커널은 무엇인가요?',
  },
  layer: 'conv1d',
  starts: [
    {
      title: { en: 'Where the speed drops, kernel 2', ko: '속도가 떨어지는 곳, 커널 2' },
      picture: [rowsOf('96 95 96 94 60 35 32 33 58 90 95 96')],
      kernel: [rowsOf('1 -1')],
      bias: 0,
      size: 2,
      strides: 1,
      padding: 'valid',
    },
    {
      title: { en: 'Sum of three, stride 2', ko: '세 시점의 합, 스트라이드 2' },
      picture: [rowsOf('2 4 6 8 10 12 11 9 7 5 3 1')],
      kernel: [rowsOf('1 1 1')],
      bias: 0,
      size: 3,
      strides: 2,
      padding: 'valid',
    },
    {
      title: { en: 'The course’s kernel of 6 with zeros around', ko: '강의의 커널 6, 둘레에 0' },
      picture: [rowsOf('1 2 3 4 5 6 6 5 4 3 2 1')],
      kernel: [rowsOf('1 1 1 -1 -1 -1')],
      bias: 0,
      size: 6,
      strides: 1,
      padding: 'same',
    },
  ],
}
