import { deriveSeed, shuffledIndices } from '../../random.ts'
import { drawColourShape, shapeNames, shapeVersion } from '../drawing/colour-shape.ts'
import { drawParts } from './drawn-parts.ts'
import type { CatalogueReader } from '../reader.ts'

const titles = { en: 'Shapes in colour', ko: '색깔 도형' }
const about = {
  en: 'Ten kinds of shapes in colour, drawn by a program: 10\u202f000 for training, 2\u202f000 for the test, 32 × 32 × 3. They stand in for CIFAR-10, whose size and number of classes they have.',
  ko: '프로그램이 그린 열 가지 색깔 도형입니다. 학습용 10\u202f000장, 시험용 2\u202f000장, 32 × 32 × 3입니다. 크기와 클래스 수가 같은 CIFAR-10을 대신합니다.',
}
const shape = [32, 32, 3]

function labels(part: 'train' | 'test', count: number): Float32Array {
  return Float32Array.from(shuffledIndices(count, deriveSeed('shape labels', part)), (position) => position % 10)
}

/** Colour pictures of ten classes; labelled as drawn. */
export const colourShapes: CatalogueReader = {
  catalogue: { id: 'shapes-in-colour', title: titles, about, origin: 'drawn', shape },
  version: `${shapeVersion}`,
  write: (writer, task) =>
    drawParts({
      writer,
      task,
      title: { en: 'Drawing shapes', ko: '도형을 그리는 중' },
      labels: { train: labels('train', 10_000), test: labels('test', 2_000) },
      draw: (part, index, label) => drawColourShape(label, deriveSeed(part, index), 32),
      about: { title: titles.en, titles, shape, task: 'classification', classes: shapeNames, origin: 'drawn', about },
    }),
}
