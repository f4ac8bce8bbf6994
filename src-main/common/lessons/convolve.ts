import type { WindowLesson } from './lesson.ts'
import { rowsOf } from './lesson.ts'

export const convolve: WindowLesson = {
  kind: 'window',
  id: 'convolve',
  title: { en: 'Convolve by hand', ko: '손으로 하는 합성곱' },
  sees: {
    en: 'You see how one cell of a map is made: nine products and their sum.',
    ko: '맵의 한 칸이 어떻게 만들어지는지, 곱 아홉 개와 그 합을 봅니다.',
  },
  about: {
    en: 'The kernel lies on the picture; numbers that lie on one another are multiplied, and all products are added up. That is one cell of the map. Then the kernel moves on by the stride. Change any number and see which cells of the map follow.',
    ko: '커널을 그림 위에 올려놓고 겹치는 수끼리 곱한 뒤 모두 더하면 맵의 한 칸이 됩니다. 그다음 커널을 스트라이드만큼 옮깁니다. 아무 수나 바꾸고 맵의 어느 칸이 따라 바뀌는지 보세요.',
  },
  question: {
    en: 'Make the kernel’s middle number 5. Which cells of the map change most, and why?',
    ko: '커널의 가운데 수를 5로 바꿔 보세요. 맵의 어느 칸이 가장 크게 바뀌며, 그 이유는 무엇인가요?',
  },
  layer: 'conv2d',
  starts: [
    {
      title: { en: '5×5 picture, 3×3 kernel', ko: '5×5 그림, 3×3 커널' },
      picture: [rowsOf('1 1 1 0 0 / 0 1 1 1 0 / 0 0 1 1 1 / 0 0 1 1 0 / 0 1 1 0 0')],
      kernel: [rowsOf('1 0 1 / 0 1 0 / 1 0 1')],
      bias: 0,
      size: 3,
      strides: 1,
      padding: 'valid',
    },
    {
      title: { en: 'Vertical edges', ko: '세로 경계' },
      picture: [rowsOf('7 2 3 3 8 / 4 5 3 8 4 / 3 3 2 8 4 / 2 8 7 2 7 / 5 4 4 5 4')],
      kernel: [rowsOf('1 0 -1 / 1 0 -1 / 1 0 -1')],
      bias: 0,
      size: 3,
      strides: 1,
      padding: 'valid',
    },
  ],
}
