import { open, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Part } from '../../common/data/dataset.ts'
import type { StoredDataset } from './cache/stored.ts'
import { InvalidData } from './invalid-data.ts'
import { fillNewFolder } from './new-folder.ts'

const side = 32
const pixels = side * side
const mostClasses = 10
const batches = 5
const atOnce = 500

/**
 * Writes pictures in CIFAR-10's binary form (Krizhevsky's "binary version"): a byte for the label, then the red, the green
 * and the blue plane. Training samples in five batches, in their order; names of the classes in a list. Throws InvalidData.
 */
export async function saveCifar(dataset: StoredDataset, folder: string): Promise<readonly string[]> {
  const { shape, classes, counts } = dataset.descriptor
  if (dataset.type !== 'uint8' || shape.join() !== `${side},${side},3`)
    throw new InvalidData({
      en: `Colour pictures of ${side} × ${side} were expected. Received: ${shape.join(' × ')}`,
      ko: `${side} × ${side} 컬러 그림이어야 합니다. 받은 크기: ${shape.join(' × ')}`,
    })
  if (classes.length === 0 || classes.length > mostClasses || classes.some((name) => /[\r\n]/.test(name)))
    throw new InvalidData({
      en: `One to ${mostClasses} classes were expected. Received: ${classes.length}`,
      ko: `클래스는 1개에서 ${mostClasses}개까지여야 합니다. 받은 개수: ${classes.length}`,
    })
  return fillNewFolder(folder, async (place) => {
    const files: string[] = []
    const write = async (name: string, of: Part, from: number, to: number) => {
      if (to <= from) return
      files.push(path.join(folder, name))
      const handle = await open(path.join(place, name), 'w')
      try {
        const labels = await dataset.targets(of)
        for (let start = from; start < to; start += atOnce) {
          const indices = Array.from({ length: Math.min(atOnce, to - start) }, (_, offset) => start + offset)
          await handle.writeFile(asRecords(await dataset.samples(of, indices), indices, labels))
        }
      } finally {
        await handle.close()
      }
    }
    const edge = (batch: number) => Math.round((counts.train * batch) / batches)
    for (let batch = 0; batch < batches; batch++)
      await write(`data_batch_${batch + 1}.bin`, 'train', edge(batch), edge(batch + 1))
    await write('test_batch.bin', 'test', 0, counts.test)
    await writeFile(path.join(place, 'batches.meta.txt'), `${classes.join('\n')}\n`)
    return [...files, path.join(folder, 'batches.meta.txt')]
  })
}

/** [samples, 32, 32, 3] as records of a label and three planes. */
function asRecords(
  values: Uint8Array | Float32Array,
  indices: readonly number[],
  labels: Float32Array,
): Uint8Array<ArrayBuffer> {
  const record = 1 + 3 * pixels
  const bytes = new Uint8Array(indices.length * record)
  indices.forEach((index, row) => {
    bytes[row * record] = labels[index] as number
    for (let pixel = 0; pixel < pixels; pixel++) {
      const from = (row * pixels + pixel) * 3
      for (let channel = 0; channel < 3; channel++)
        bytes[row * record + 1 + channel * pixels + pixel] = values[from + channel] as number
    }
  })
  return bytes
}
