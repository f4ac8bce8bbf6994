import type { Pictures } from '../../../common/contract.ts'
import { deriveSeed, shuffledIndices } from '../../random.ts'
import { drawDoodle, doodleVersion } from '../drawing/doodle.ts'
import { drawParts } from './drawn-parts.ts'
import type { CatalogueReader } from '../reader.ts'

const titles = { en: 'Cat & dog doodles', ko: '고양이와 개 낙서' }
const about = {
  en: 'Heads of cats and dogs, drawn by a program: 8\u202f005 for training and 2\u202f000 for the external test, 32 × 32 grey. No photos; place, size, tilt, ears, snout, stroke and noise vary.',
  ko: '프로그램이 그린 고양이와 개의 머리입니다. 학습용 8\u202f005장, 외부 시험용 2\u202f000장, 32 × 32 흑백입니다. 사진이 아니며 위치, 크기, 기울기, 귀, 주둥이, 선, 잡음이 저마다 다릅니다.',
}
const shape = [32, 32, 1]
const counts = { train: 8_005, test: 2_000 }

/** The label of one doodle (0 cat, 1 dog) and the seed of its drawing. */
export function doodleLabels(part: 'train' | 'test'): Float32Array {
  return Float32Array.from(shuffledIndices(counts[part], deriveSeed('doodle labels', part)), (position) => position % 2)
}

/** Cats and dogs in place of photos that may not be shipped; labelled as drawn. */
export const doodles: CatalogueReader = {
  catalogue: { id: 'cat-dog-doodles', title: titles, about, origin: 'drawn', shape },
  version: `${doodleVersion}`,
  write: (writer, task) =>
    drawParts({
      writer,
      task,
      title: { en: 'Drawing cats and dogs', ko: '고양이와 개를 그리는 중' },
      labels: { train: doodleLabels('train'), test: doodleLabels('test') },
      draw: (part, index, label) => drawDoodle(label === 0 ? 'cat' : 'dog', deriveSeed(part, index), 32),
      about: {
        title: titles.en,
        titles,
        shape,
        task: 'classification',
        classes: ['cat', 'dog'],
        origin: 'drawn',
        about,
      },
    }),
}

/** One cat and one dog at any size, the same each time; they are in no data set. */
export function drawExamples(size: number): Pictures {
  const pixels = new Uint8Array(2 * size * size)
  for (const [label, animal] of (['cat', 'dog'] as const).entries())
    pixels.set(drawDoodle(animal, deriveSeed('example', animal), size), label * size * size)
  return { shape: [size, size, 1], indices: [0, 1], labels: [0, 1], pixels, numbers: null, names: null }
}
