import type { WindowLesson } from './lesson.ts'
import { rowsOf } from './lesson.ts'

export const pool: WindowLesson = {
  kind: 'window',
  id: 'pool',
  title: { en: 'Pool by hand', ko: '손으로 하는 풀링' },
  sees: {
    en: 'You see what a pooling layer keeps of each window and what it throws away.',
    ko: '풀링 층이 창마다 무엇을 남기고 무엇을 버리는지 봅니다.',
  },
  about: {
    en: 'Of every window only the largest number stays. The map becomes smaller, and a pattern that moves by a cell within the window changes nothing: try it. There is nothing to learn here: pooling has no weights.',
    ko: '창마다 가장 큰 수만 남습니다. 맵이 작아지고, 패턴이 창 안에서 한 칸 움직여도 결과는 그대로입니다. 직접 해 보세요. 풀링에는 가중치가 없어 학습할 것이 없습니다.',
  },
  question: {
    en: 'Move the largest number of one window by a cell. When does the result stay the same, and when does it change?',
    ko: '한 창의 가장 큰 수를 한 칸 옮겨 보세요. 결과는 언제 그대로이고 언제 바뀌나요?',
  },
  layer: 'maxPooling2d',
  starts: [
    {
      title: { en: '4×4 by 2×2, stride 2', ko: '4×4, 2×2 창, 스트라이드 2' },
      picture: [rowsOf('1 2 1 0 / 0 1 2 3 / 3 0 1 2 / 2 4 0 1')],
      kernel: null,
      bias: 0,
      size: 2,
      strides: 2,
      padding: 'valid',
    },
    {
      title: { en: '4×4 with larger numbers', ko: '더 큰 수의 4×4' },
      picture: [rowsOf('1 4 8 3 / 6 9 2 1 / 11 13 6 7 / 8 19 8 2')],
      kernel: null,
      bias: 0,
      size: 2,
      strides: 2,
      padding: 'valid',
    },
    {
      title: { en: '5×5 by 3×3, stride 1', ko: '5×5, 3×3 창, 스트라이드 1' },
      picture: [rowsOf('3 3 2 1 0 / 0 0 1 3 1 / 3 1 2 2 3 / 2 0 0 2 2 / 2 0 0 0 1')],
      kernel: null,
      bias: 0,
      size: 3,
      strides: 1,
      padding: 'valid',
    },
    {
      title: { en: '8×8 by 2×2, stride 2', ko: '8×8, 2×2 창, 스트라이드 2' },
      picture: [
        rowsOf(
          '7 8 6 8 6 6 6 7 / 8 6 8 9 5 5 7 7 / 8 7 8 7 7 6 6 6 / 7 7 6 7 6 5 6 5 / 7 6 7 8 6 5 5 4 / 6 6 7 6 5 5 4 4 / 6 6 6 6 5 5 4 3 / 5 5 5 5 4 4 3 3',
        ),
      ],
      kernel: null,
      bias: 0,
      size: 2,
      strides: 2,
      padding: 'valid',
    },
  ],
}
