import type { KernelLesson } from './lesson.ts'
import { rowsOf } from './lesson.ts'

export const drawKernel: KernelLesson = {
  kind: 'kernel',
  id: 'kernel',
  title: { en: 'Draw a kernel', ko: '커널 그리기' },
  sees: {
    en: 'You see your own kernel at work: the picture after each stage of C-P-C-P.',
    ko: '직접 만든 커널이 C-P-C-P의 각 단계에서 그림을 어떻게 바꾸는지 봅니다.',
  },
  about: {
    en: 'The same 5×5 kernel is used in both convolutions, with zeros around and ReLU; each pooling halves the sides. Choose a kernel or type one, choose a picture or drop one, and point at a cell to see what it is made of.',
    ko: '두 합성곱에 같은 5×5 커널을 쓰고, 둘레에 0을 채우며 ReLU를 적용합니다. 풀링마다 가로세로가 절반이 됩니다. 커널을 고르거나 입력하고, 그림을 고르거나 끌어다 놓은 뒤, 칸을 가리켜 무엇으로 만들어졌는지 보세요.',
  },
  question: {
    en: 'Which kernel shows only lines that run from top left to bottom right? Try it on the cat’s whiskers.',
    ko: '왼쪽 위에서 오른쪽 아래로 가는 선만 남기는 커널은 무엇인가요? 고양이 수염으로 시험해 보세요.',
  },
  presets: [
    {
      title: { en: 'Edges, all directions', ko: '경계(모든 방향)' },
      kernel: rowsOf('0 0 0 0 0 / 0 -1 -1 -1 0 / 0 -1 8 -1 0 / 0 -1 -1 -1 0 / 0 0 0 0 0'),
    },
    {
      title: { en: 'Vertical edges', ko: '세로 경계' },
      kernel: rowsOf('0 0 0 0 0 / 0 1 0 -1 0 / 0 2 0 -2 0 / 0 1 0 -1 0 / 0 0 0 0 0'),
    },
    {
      title: { en: 'Horizontal edges', ko: '가로 경계' },
      kernel: rowsOf('0 0 0 0 0 / 0 1 2 1 0 / 0 0 0 0 0 / 0 -1 -2 -1 0 / 0 0 0 0 0'),
    },
    {
      title: { en: 'Diagonal lines', ko: '대각선' },
      kernel: rowsOf('2 -1 0 0 0 / -1 2 -1 0 0 / 0 -1 2 -1 0 / 0 0 -1 2 -1 / 0 0 0 -1 2'),
    },
    {
      title: { en: 'Blur', ko: '흐리게' },
      kernel: rowsOf(Array.from({ length: 5 }, () => '0.04 0.04 0.04 0.04 0.04').join(' / ')),
    },
    {
      title: { en: 'Sharpen', ko: '선명하게' },
      kernel: rowsOf('0 0 0 0 0 / 0 0 -1 0 0 / 0 -1 5 -1 0 / 0 0 -1 0 0 / 0 0 0 0 0'),
    },
    {
      title: { en: 'Emboss', ko: '엠보싱' },
      kernel: rowsOf('0 0 0 0 0 / 0 -2 -1 0 0 / 0 -1 1 1 0 / 0 0 1 2 0 / 0 0 0 0 0'),
    },
    {
      title: { en: 'Identity', ko: '그대로(항등)' },
      kernel: rowsOf('0 0 0 0 0 / 0 0 0 0 0 / 0 0 1 0 0 / 0 0 0 0 0 / 0 0 0 0 0'),
    },
    {
      title: { en: 'Nothing', ko: '빈 커널' },
      kernel: rowsOf('0 0 0 0 0 / 0 0 0 0 0 / 0 0 0 0 0 / 0 0 0 0 0 / 0 0 0 0 0'),
    },
  ],
}
