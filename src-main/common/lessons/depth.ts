import type { DepthLesson } from './lesson.ts'

export const depth: DepthLesson = {
  kind: 'depth',
  id: 'depth',
  title: { en: 'How deep is a filter?', ko: '필터의 깊이' },
  sees: {
    en: 'You see that a filter is as deep as its input, and that each filter gives exactly one map.',
    ko: '필터의 깊이는 입력의 깊이와 같고, 필터 하나가 맵 하나를 만든다는 것을 봅니다.',
  },
  about: {
    en: 'A 5×5 filter on a colour picture is really 5×5×3. The number of filters is yours to choose; it is the depth of the output, and so of the filters of the next layer.',
    ko: '컬러 그림에 쓰는 5×5 필터는 실제로 5×5×3입니다. 필터의 개수는 자유롭게 정하며, 그 수가 출력의 깊이이자 다음 층 필터의 깊이가 됩니다.',
  },
  question: {
    en: 'Double the channels of the input: what happens to the number of maps, and to the number of weights?',
    ko: '입력 채널을 두 배로 늘리면 맵의 개수와 가중치의 개수는 각각 어떻게 되나요?',
  },
  starts: [
    {
      title: { en: '32×32×3 by 5×5×3', ko: '32×32×3, 5×5×3 필터' },
      side: 32,
      channels: 3,
      size: 5,
      filters: 6,
    },
    {
      title: { en: '128×128×10 by 5×5×10', ko: '128×128×10, 5×5×10 필터' },
      side: 128,
      channels: 10,
      size: 5,
      filters: 6,
    },
  ],
}
