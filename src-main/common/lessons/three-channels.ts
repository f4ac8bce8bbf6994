import type { WindowLesson } from './lesson.ts'
import { rowsOf } from './lesson.ts'

export const threeChannels: WindowLesson = {
  kind: 'window',
  id: 'three-channels',
  title: { en: 'Three channels, one map', ko: '채널 셋에서 맵 하나' },
  sees: {
    en: 'You see how red, green and blue become one single map.',
    ko: '빨강, 초록, 파랑 채널이 맵 하나로 합쳐지는 과정을 봅니다.',
  },
  about: {
    en: 'A filter is as deep as its input: red, green and blue each have a kernel of their own. The three sums and the bias are added up to one number, so one filter makes one map, however many channels come in. Around the picture lie zeros.',
    ko: '필터의 깊이는 입력의 채널 수와 같습니다. 빨강, 초록, 파랑에 각각의 커널이 있고, 세 합과 편향을 더해 하나의 수가 됩니다. 그래서 입력 채널이 몇 개이든 필터 하나가 맵 하나를 만듭니다. 그림 둘레에는 0이 채워져 있습니다.',
  },
  question: {
    en: 'Fill the green kernel with zeros. Can the map still tell a green picture from a black one?',
    ko: '초록 커널을 모두 0으로 채워 보세요. 맵만 보고 초록 그림과 검은 그림을 구별할 수 있나요?',
  },
  layer: 'conv2d',
  starts: [
    {
      title: { en: 'The corner of a photograph', ko: '사진의 모서리' },
      picture: [rowsOf('156 155 / 153 154'), rowsOf('167 166 / 164 165'), rowsOf('163 162 / 160 161')],
      kernel: [
        rowsOf('-1 -1 1 / 0 1 -1 / 0 1 1'),
        rowsOf('1 0 0 / 1 -1 -1 / 1 0 -1'),
        rowsOf('0 1 1 / 0 1 0 / 1 -1 1'),
      ],
      bias: 1,
      size: 3,
      strides: 1,
      padding: 'same',
    },
  ],
}
