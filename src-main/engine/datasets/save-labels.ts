import { mkdir, open, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Labelling, LabelTarget } from '../../common/data/labelling.ts'
import type { FileSource } from '../../common/data/reading.ts'
import { readEntry } from './files/entry.ts'
import { listFiles } from './files/file-tree.ts'
import { isFolderName } from './files/zip.ts'
import { InvalidData } from './invalid-data.ts'
import { fillNewFolder } from './new-folder.ts'
import { largestPictureBytes } from './decoding/worker.ts'
import { writeWhole } from '../whole-file.ts'

/** With a mark, for Excel takes Korean for anything else without it. */
const tableHead = '\uFEFFfile,label'

/** Writes what people have labelled so that it can be imported; answers how many files have a label. Throws InvalidData. */
export async function saveLabels(source: FileSource, { classes, labels }: Labelling, to: LabelTarget): Promise<number> {
  const { entries } = await listFiles([source.path, ...(source.more ?? [])], () => false)
  const labelled = entries.flatMap((entry) => {
    const name = classes[labels[entry.path] ?? -1]
    return name === undefined ? [] : [{ entry, name }]
  })
  if (labelled.length === 0)
    throw new InvalidData({
      en: 'At least one labelled picture was expected. None of the files has a label.',
      ko: '레이블이 있는 그림이 하나 이상이어야 합니다. 레이블이 있는 파일이 없습니다.',
    })
  const target = to.as === 'table' ? to.file : to.folder
  if (!path.isAbsolute(target))
    throw new InvalidData({
      en: `A whole path was expected. Received: ${target}`,
      ko: `전체 경로여야 합니다. 받은 값: ${target}`,
    })
  if (to.as === 'table') {
    await checkTable(to.file)
    const lines = labelled.map(({ entry, name }) => `${quoted(entry.path)},${quoted(name)}`)
    await writeWhole(to.file, `${tableHead}\n${lines.join('\n')}\n`)
    return labelled.length
  }
  const unfit = classes.find((name) => !isFolderName(name))
  if (unfit !== undefined)
    throw new InvalidData({
      en: `Names of classes that can be names of folders were expected. Received: ${unfit}`,
      ko: `클래스 이름은 폴더 이름으로 쓸 수 있어야 합니다. 받은 이름: ${unfit}`,
    })
  await copyInto(to.folder, labelled)
  return labelled.length
}

/** Labels replace a former list of labels, and nothing else. */
async function checkTable(file: string): Promise<void> {
  if (!/\.csv$/i.test(file))
    throw new InvalidData({
      en: `A name that ends in .csv was expected. Received: ${file}`,
      ko: `파일 이름이 .csv로 끝나야 합니다. 받은 값: ${file}`,
    })
  const handle = await open(file, 'r').catch(() => null)
  if (handle === null) return
  try {
    const head = Buffer.alloc(Buffer.byteLength(tableHead))
    await handle.read(head, 0, head.length, 0)
    if (head.toString() !== tableHead)
      throw new InvalidData({
        en: `A new file, or a list of labels to replace, was expected. ${file} is something else.`,
        ko: `새 파일이거나 바꿔 쓸 레이블 목록이어야 합니다. 다른 내용의 파일: ${file}`,
      })
  } finally {
    await handle.close()
  }
}

/** Files of the same name come from different folders. */
async function copyInto(
  folder: string,
  labelled: readonly {
    readonly entry: Awaited<ReturnType<typeof listFiles>>['entries'][number]
    readonly name: string
  }[],
): Promise<void> {
  await fillNewFolder(folder, async (place) => {
    const taken = new Set<string>()
    for (const { entry, name } of labelled) {
      const { dir, name: stem, ext } = path.posix.parse(entry.path)
      let file = path.join(place, name, `${stem}${ext}`)
      if (taken.has(file)) file = path.join(place, name, `${dir.replace(/[^\p{L}\p{N}]+/gu, '-')}-${stem}${ext}`)
      for (let count = 2; taken.has(file); count++) file = path.join(place, name, `${stem}-${count}${ext}`)
      taken.add(file)
      await mkdir(path.dirname(file), { recursive: true })
      await writeFile(file, await readEntry(entry.location, largestPictureBytes))
    }
  })
}

function quoted(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text
}
