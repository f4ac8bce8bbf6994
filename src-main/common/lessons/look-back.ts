import type { LookBackLesson } from './lesson.ts'

export const lookBack: LookBackLesson = {
  kind: 'look-back',
  id: 'look-back',
  title: { en: 'Windows of a series', ko: '시계열의 룩백 창' },
  sees: {
    en: 'You see how one long series becomes thousands of samples: a window to look back on, and the value after it.',
    ko: '긴 시계열 하나가 수천 개의 샘플(룩백 창과 그다음 값)로 나뉘는 것을 봅니다.',
  },
  about: {
    en: 'A window of the last values is the input, the value after it is the answer; then the window moves on. The last part, in the order of time, is kept for the test: shuffled, the windows of training and test would overlap.',
    ko: '최근 값들의 창이 입력이고 그다음 값이 정답이며, 창은 한 칸씩 옮겨 갑니다. 시간 순서로 마지막 부분은 시험용으로 남겨 둡니다. 섞으면 학습 창과 시험 창이 서로 겹치기 때문입니다.',
  },
  question: {
    en: 'With a look-back of 144 instead of 288: how many more samples are there, and why exactly so many?',
    ko: '룩백을 288에서 144로 줄이면 샘플이 몇 개 더 생기나요? 왜 꼭 그만큼인가요?',
  },
  starts: [
    {
      title: { en: '8 064 rows, look-back 288', ko: '8 064행, 룩백 288' },
      rows: 8_064,
      lookBack: 288,
      horizon: 1,
      stride: 1,
      testShare: 0.2,
    },
    {
      title: { en: '8 064 rows, look-back 144', ko: '8 064행, 룩백 144' },
      rows: 8_064,
      lookBack: 144,
      horizon: 1,
      stride: 1,
      testShare: 0.2,
    },
  ],
}
