import type { Part } from '../../../../common/data/dataset.ts'
import type { SkippedFile } from '../../../../common/data/inspection.ts'
import type { PictureOptions } from '../../../../common/data/reading.ts'
import type { Text } from '../../../../common/layers/text.ts'
import type { FileEntry, FileTree } from '../../files/file-tree.ts'
import { holdBack } from '../../hold-back.ts'
import { deriveSeed, shuffledIndices } from '../../../random.ts'
import { labelByFolder, labelByPrefix, labelByTable } from './find-labels.ts'
import type { Labelling, LabelsFrom } from './find-labels.ts'

export interface PlannedPicture {
  readonly entry: FileEntry
  readonly label: number
}

/** Which pictures go where, before any is decoded. */
export interface PicturePlan {
  readonly train: readonly PlannedPicture[]
  readonly test: readonly PlannedPicture[]
  /** How many of the training part, at its end, are for validation. */
  readonly heldOut: number
  readonly skipped: readonly SkippedFile[]
}

const noLabel: Record<LabelsFrom, Text> = {
  folders: { en: 'It lies in no folder of a class.', ko: '클래스 폴더 안에 있지 않습니다.' },
  prefix: { en: 'Its name does not begin with a class.', ko: '파일 이름이 클래스 이름으로 시작하지 않습니다.' },
  table: { en: 'The list of labels does not name it.', ko: '라벨 목록에 없습니다.' },
  none: { en: '', ko: '' },
}
const otherClass: Text = { en: 'Its class was not chosen.', ko: '선택하지 않은 클래스입니다.' }

export async function labelBy(
  way: LabelsFrom,
  files: FileTree,
  pictures: readonly FileEntry[],
): Promise<Labelling | null> {
  if (way === 'folders') return labelByFolder(pictures, files.roots)
  if (way === 'prefix') return labelByPrefix(pictures)
  return way === 'table' ? labelByTable(files, pictures) : new Map()
}

/** Names in the order in which people count: 2 before 10. */
export function inOrder(names: Iterable<string>): string[] {
  const collator = new Intl.Collator('en', { numeric: true })
  return [...new Set(names)].sort((one, other) => collator.compare(one, other) || (one < other ? -1 : 1))
}

export function isIn(path: string, folder: string): boolean {
  return folder === '' || path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`)
}

/** Divides pictures into parts, in an order of their own in which classes are mixed. It follows from the options alone. */
export function planPictures(pictures: readonly FileEntry[], labels: Labelling, options: PictureOptions): PicturePlan {
  const { labelsFrom, classes, testFolders, validationFolders, testShare, seed } = options
  const labelOf = new Map(classes.map((name, label) => [name, label]))
  const skipped: SkippedFile[] = []
  const planned: Record<Part | 'validation', PlannedPicture[]> = { train: [], validation: [], test: [] }
  for (const entry of pictures) {
    const name = labels.get(entry)
    const label = labelsFrom === 'none' ? 0 : name === undefined ? undefined : labelOf.get(name)
    if (label === undefined) {
      skipped.push({ file: entry.path, reason: name === undefined ? noLabel[labelsFrom] : otherClass })
      continue
    }
    const part = testFolders.some((folder) => isIn(entry.path, folder))
      ? 'test'
      : validationFolders.some((folder) => isIn(entry.path, folder))
        ? 'validation'
        : 'train'
    planned[part].push({ entry, label })
  }
  const mix = (some: readonly PlannedPicture[], purpose: string) =>
    Array.from(
      shuffledIndices(some.length, deriveSeed(seed, 'pictures', purpose)),
      (index) => some[index] as PlannedPicture,
    )
  const train = mix(planned.train, 'train')
  const validation = mix(planned.validation, 'validation')
  if (testFolders.length > 0 || testShare === 0)
    return { train: [...train, ...validation], test: mix(planned.test, 'test'), heldOut: validation.length, skipped }
  const { kept, held } = holdBack(
    train.map(({ label }) => label),
    testShare,
    deriveSeed(seed, 'test part'),
  )
  const pick = (indices: Int32Array) => Array.from(indices, (index) => train[index] as PlannedPicture)
  return { train: [...pick(kept), ...validation], test: pick(held), heldOut: validation.length, skipped }
}
