import type { ShiftLesson } from './lesson.ts'

export const shift: ShiftLesson = {
  kind: 'shift',
  id: 'shift',
  title: { en: 'A digit moves by a pixel', ko: '한 픽셀만 움직인 숫자' },
  sees: {
    en: 'You see a digit moved by a pixel: many inputs of a dense layer change, while a convolution finds the same pattern one place further.',
    ko: '숫자가 한 픽셀 움직일 때 완전 연결 층의 입력은 많이 바뀌지만, 합성곱은 같은 패턴을 옆 자리에서 찾아내는 것을 봅니다.',
  },
  about: {
    en: 'Both networks hold the same numbers, a pattern for each digit. In the dense layer each number is nailed to one pixel; as a kernel it slides, and global max pooling keeps the best place. Nothing is trained here, so the difference comes from the layer alone.',
    ko: '두 네트워크에는 숫자마다 하나씩, 같은 패턴의 수가 들어 있습니다. 완전 연결 층에서는 각 수가 픽셀 하나에 고정되어 있고, 커널에서는 미끄러지며 전역 최대 풀링이 가장 잘 맞는 자리를 남깁니다. 여기서는 아무것도 학습하지 않으므로 차이는 오직 층의 구조에서 나옵니다.',
  },
  question: {
    en: 'By how many pixels must the 7 move until the dense layer takes it for another digit? And the convolution?',
    ko: '7을 몇 픽셀 움직이면 완전 연결 층이 다른 숫자로 잘못 보나요? 합성곱은 어떤가요?',
  },
}
