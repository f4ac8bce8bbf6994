import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { PNG } from 'pngjs'
import type { Part } from '../../common/data/dataset.ts'
import type { StoredDataset } from './cache/stored.ts'
import { parts } from './cache/parts.ts'
import { isFolderName } from './files/zip.ts'
import { InvalidData } from './invalid-data.ts'
import { fillNewFolder } from './new-folder.ts'
import type { ReadingTask } from './reader.ts'

const atOnce = 200
const unlabelled = 'unlabelled'

/**
 * Writes pictures as PNG files: train, validation and test folders with a folder for each class, as they are read again.
 * Answers the folders of the classes. Throws InvalidData.
 */
export async function savePictures(
  dataset: StoredDataset,
  folder: string,
  task: ReadingTask,
): Promise<readonly string[]> {
  const { shape, classes, counts, heldOut } = dataset.descriptor
  const [height = 0, width = 0, channels] = shape
  if (dataset.type !== 'uint8' || shape.length !== 3 || (channels !== 1 && channels !== 3))
    throw new InvalidData({
      en: `Pictures, grey or in colour, were expected. Received: ${shape.join(' × ')}`,
      ko: `흑백이나 컬러 그림이어야 합니다. 받은 크기: ${shape.join(' × ')}`,
    })
  const unfit = classes.find((name) => !isFolderName(name))
  if (unfit !== undefined)
    throw new InvalidData({
      en: `Names of classes that can be names of folders were expected. Received: ${unfit}`,
      ko: `클래스 이름은 폴더 이름으로 쓸 수 있어야 합니다. 받은 이름: ${unfit}`,
    })
  const total = counts.train + counts.test
  let done = 0
  return fillNewFolder(folder, async (place) => {
    const folders = new Set<string>()
    const firstHeld = counts.train - heldOut
    const folderOf = (part: Part, index: number, label: number) => {
      const role = part === 'test' ? 'test' : index >= firstHeld ? 'validation' : 'train'
      return classes.length === 0 ? path.join(role, unlabelled) : path.join(role, classes[label] ?? unlabelled)
    }
    for (const part of parts) {
      const labels = await dataset.targets(part)
      const digits = String(counts[part]).length
      for (let start = 0; start < counts[part]; start += atOnce) {
        if (task.isCancelled())
          throw new InvalidData(
            { en: 'Writing the pictures was cancelled.', ko: '그림 저장이 취소되었습니다.' },
            'cancelled',
          )
        const indices = Array.from({ length: Math.min(atOnce, counts[part] - start) }, (_, offset) => start + offset)
        const values = await dataset.samples(part, indices)
        const size = height * width * channels
        for (const [row, index] of indices.entries()) {
          const inside = folderOf(part, index, labels[index] as number)
          if (!folders.has(inside)) await mkdir(path.join(place, inside), { recursive: true })
          folders.add(inside)
          const name = `${String(index).padStart(digits, '0')}.png`
          const pixels = values.subarray(row * size, (row + 1) * size)
          await writeFile(path.join(place, inside, name), asPng(pixels, { width, height, channels }))
        }
        done += indices.length
        task.progress({
          title: { en: 'Writing pictures', ko: '그림을 저장하는 중' },
          done,
          total,
          unit: { en: 'pictures', ko: '장' },
        })
      }
    }
    return [...folders].map((inside) => path.join(folder, inside))
  })
}

/** Values row-major in [height, width, channels], 0…255. */
function asPng(
  values: ArrayLike<number>,
  { width, height, channels }: { readonly width: number; readonly height: number; readonly channels: 1 | 3 },
): Buffer {
  const png = new PNG({ width, height })
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let channel = 0; channel < 3; channel++)
      png.data[pixel * 4 + channel] = values[pixel * channels + (channels === 1 ? 0 : channel)] as number
    png.data[pixel * 4 + 3] = 255
  }
  return PNG.sync.write(png, { colorType: channels === 1 ? 0 : 2 })
}
