import type { SizeLesson } from './lesson.ts'

export const size: SizeLesson = {
  kind: 'size',
  id: 'size',
  title: { en: 'How large is the map?', ko: '맵의 크기 계산' },
  sees: {
    en: 'You see every place where the kernel fits, and the first one where it would fall off the edge.',
    ko: '커널이 들어가는 모든 자리와, 처음으로 가장자리 밖으로 벗어나는 자리를 봅니다.',
  },
  about: {
    en: 'D is the length of the input, F of the kernel, P the zeros on each side, S the stride. Each line below is one place of the kernel and gives one cell of the map. Height and width are counted alike.',
    ko: 'D는 입력의 길이, F는 커널의 길이, P는 한쪽에 채운 0의 개수, S는 스트라이드입니다. 아래의 한 줄이 커널의 한 자리이고 맵의 한 칸이 됩니다. 높이와 너비를 같은 방법으로 셉니다.',
  },
  question: {
    en: 'Which P keeps the length at stride 1 for F = 3, 5 and 7? Find the rule.',
    ko: '스트라이드 1에서 F가 3, 5, 7일 때 길이를 그대로 유지하는 P는 각각 얼마인가요? 규칙을 찾아보세요.',
  },
  starts: [
    { title: { en: 'D 28, F 5, P 2, S 1', ko: 'D 28, F 5, P 2, S 1' }, length: 28, size: 5, padding: 2, stride: 1 },
    { title: { en: 'D 7, F 3, S 1', ko: 'D 7, F 3, S 1' }, length: 7, size: 3, padding: 0, stride: 1 },
    { title: { en: 'D 7, F 3, S 2', ko: 'D 7, F 3, S 2' }, length: 7, size: 3, padding: 0, stride: 2 },
    { title: { en: 'D 5, F 3, S 2', ko: 'D 5, F 3, S 2' }, length: 5, size: 3, padding: 0, stride: 2 },
    {
      title: { en: 'D 8, F 3, S 2: it falls off', ko: 'D 8, F 3, S 2: 밖으로 벗어남' },
      length: 8,
      size: 3,
      padding: 0,
      stride: 2,
    },
  ],
}
