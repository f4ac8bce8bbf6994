import type { DenseLesson } from './lesson.ts'

export const denseCost: DenseLesson = {
  kind: 'dense',
  id: 'dense',
  title: { en: 'What a dense layer costs', ko: '완전 연결 층의 비용' },
  sees: {
    en: 'You see how many weights a dense layer needs for a picture, and how few a convolution does.',
    ko: '그림 한 장에 완전 연결 층은 가중치가 얼마나 많이 필요하고, 합성곱은 얼마나 적게 필요한지 봅니다.',
  },
  about: {
    en: 'Every unit of a dense layer has a weight of its own for every number of the picture. A convolution uses the same few weights at every place, so its count does not depend on how large the picture is.',
    ko: '완전 연결 층의 유닛은 그림의 모든 수마다 가중치를 하나씩 따로 둡니다. 합성곱은 모든 자리에서 같은 가중치 몇 개를 함께 쓰므로, 그림이 커져도 개수가 늘지 않습니다.',
  },
  question: {
    en: 'Double the side of the picture. By how much does each of the two counts grow?',
    ko: '그림의 한 변을 두 배로 늘려 보세요. 두 개수는 각각 몇 배가 되나요?',
  },
  starts: [
    {
      title: { en: '200×200×3, 64 units', ko: '200×200×3, 유닛 64개' },
      side: 200,
      channels: 3,
      units: 64,
      filters: 64,
      size: 3,
    },
    {
      title: { en: '200×200×3, a single unit', ko: '200×200×3, 유닛 1개' },
      side: 200,
      channels: 3,
      units: 1,
      filters: 1,
      size: 3,
    },
    {
      title: { en: '28×28×1, a digit', ko: '28×28×1, 숫자 그림' },
      side: 28,
      channels: 1,
      units: 64,
      filters: 64,
      size: 3,
    },
  ],
}
