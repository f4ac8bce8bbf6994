import type { Pictures } from '../../../../common/contract.ts'
import type { RecognisedPictures, SkippedFile } from '../../../../common/data/inspection.ts'
import type { PictureOptions, ReadingChoices } from '../../../../common/data/reading.ts'
import type { Text } from '../../../../common/layers/text.ts'
import { foreignPictureFormat, readPictureHeader } from '../../decoding/picture-header.ts'
import { readEntryHead } from '../../files/entry.ts'
import type { FileEntry } from '../../files/file-tree.ts'
import { InvalidData } from '../../invalid-data.ts'
import type { ReadingTools } from '../../reader.ts'
import { folderOf, lastPart, mostClasses, roleOf } from './find-labels.ts'
import type { Labelling, LabelsFrom } from './find-labels.ts'
import { inOrder, isIn, labelBy, planPictures } from './plan.ts'
import type { PicturePlan } from './plan.ts'

type Choices = Extract<ReadingChoices, { format: 'pictures' }>

const pictureName = /\.(jpe?g|jfif|png|gif|webp|tiff?|bmp|heic|heif|avif|svg)$/i
const mostSniffed = 300
const sampled = 48
const previewed = 24
const mostToldSkipped = 100
const foldersTold = 200

const noPicture: Text = { en: 'It is no picture.', ko: '그림이 아닙니다.' }

/** Pictures among files: by their names, and without a telling name by their first bytes. */
export async function findPictures(files: readonly FileEntry[]): Promise<{
  readonly pictures: readonly FileEntry[]
  readonly others: readonly SkippedFile[]
}> {
  const pictures: FileEntry[] = []
  const others: SkippedFile[] = []
  let sniffed = 0
  for (const entry of files) {
    let isPicture = pictureName.test(entry.path)
    if (!isPicture && !/\.[a-z]\w{0,4}$/i.test(lastPart(entry.path)) && sniffed < mostSniffed && entry.size > 0) {
      sniffed++
      isPicture = readPictureHeader(await headOf(entry, 64)) !== null
    }
    if (isPicture) pictures.push(entry)
    else others.push({ file: entry.path, reason: noPicture })
  }
  return { pictures, others }
}

/** Lists that tell the labels are no pictures and yet used. */
export function withoutLists(
  others: readonly SkippedFile[],
  { labelsFrom }: Pick<PictureOptions, 'labelsFrom'>,
): readonly SkippedFile[] {
  return others.filter(({ file }) => labelsFrom !== 'table' || !/\.(csv|tsv|txt)$/i.test(file))
}

async function headOf(entry: FileEntry, count: number): Promise<Uint8Array> {
  return readEntryHead(entry.location, count).catch(() => new Uint8Array(0))
}

/** Everything about pictures that shows without decoding them all; null where there are none. */
export async function recognisePictures(
  { files, decoders, task }: ReadingTools,
  choices: Choices | null,
  wanted: { readonly preview: boolean },
): Promise<RecognisedPictures | null> {
  const { pictures, others } = await findPictures(files.entries)
  if (pictures.length === 0) {
    if (choices === null) return null
    throw new InvalidData({
      en: `Pictures were expected in "${files.name}". There are none among ${files.entries.length} files.`,
      ko: `"${files.name}"에 그림이 있어야 합니다. 파일 ${files.entries.length}개 가운데 그림이 없습니다.`,
    })
  }
  const seen = await sample(pictures)
  const ways = await findWays(files, pictures)
  const labelsFrom = choices?.labelsFrom ?? ways[0]?.labelsFrom ?? 'none'
  const labels =
    ways.find((way) => way.labelsFrom === labelsFrom)?.labels ?? (await labelBy(labelsFrom, files, pictures))
  if (labels === null)
    throw new InvalidData({
      en: 'A CSV that names the pictures and their labels was expected among the files. There is none.',
      ko: '그림과 레이블이 적힌 CSV가 파일 가운데 있어야 합니다. 그런 파일이 없습니다.',
    })
  const classes = choices?.classes ?? inOrder(labels.values())
  if (classes.length > mostClasses)
    throw new InvalidData({
      en: `At most ${mostClasses} classes were expected. Received: ${classes.length}. Choose another way to label the pictures.`,
      ko: `클래스는 ${mostClasses}개까지 쓸 수 있습니다. 찾은 클래스: ${classes.length}개. 클래스를 정하는 기준을 바꾸세요.`,
    })
  const folders = listFolders(pictures)
  const found = findRoles(folders, files.roots, labels, pictures)
  const testFolders = choices?.testFolders ?? found.test
  const options: PictureOptions = {
    format: 'pictures',
    labelsFrom,
    ...sizeFor(seen, choices),
    channels:
      choices?.channels ??
      (seen.headers.length > 0 && seen.headers.every(({ components }) => components === 1) ? 1 : 3),
    fit: choices?.fit ?? 'stretch',
    classes,
    testFolders,
    validationFolders: choices?.validationFolders ?? found.validation,
    testShare: choices?.testShare ?? (testFolders.length > 0 ? 0 : 0.2),
    seed: choices?.seed ?? 1,
  }
  const plan = planPictures(pictures, labels, options)
  const skipped = [...files.skipped, ...withoutLists(others, options), ...plan.skipped]
  const count = plan.train.length + plan.test.length
  return {
    format: 'pictures',
    title: { en: 'Pictures', ko: '그림' },
    options,
    shape: [options.height, options.width, options.channels],
    task: 'classification',
    classes,
    counts: { train: plan.train.length, test: plan.test.length },
    heldOut: plan.heldOut,
    classCounts: { train: countLabels(plan.train, classes.length), test: countLabels(plan.test, classes.length) },
    warnings: warningsOf(plan, options, seen),
    skipped: skipped.slice(0, mostToldSkipped),
    skippedCount: skipped.length,
    bytes: count * (options.height * options.width * options.channels + 4),
    labelChoices: ways.map((way) => ({ labelsFrom: way.labelsFrom, classes: way.classes })),
    folders: foldersOfParts(folders, options, labels, pictures.length),
    sizes: seen.sizes,
    preview: wanted.preview ? await preview(plan, options, { decoders, task }) : null,
  }
}

interface Sample {
  readonly headers: readonly { readonly width: number; readonly height: number; readonly components: number }[]
  readonly sizes: RecognisedPictures['sizes']
  /** A format that is known and not read. */
  readonly foreign: string | null
}

/** Looks at the heads of some pictures, spread over all. */
async function sample(pictures: readonly FileEntry[]): Promise<Sample> {
  const step = Math.max(1, Math.floor(pictures.length / sampled))
  const chosen = pictures.filter((_, index) => index % step === 0).slice(0, sampled)
  const heads = await Promise.all(chosen.map((entry) => headOf(entry, 64 * 1024)))
  const foreign = heads.map(foreignPictureFormat).find((format) => format !== null) ?? null
  const headers = heads.flatMap((head) => {
    const header = readPictureHeader(head)
    if (header === null) return []
    const isTurned = header.orientation >= 5
    // A grey PNG says so in its colour type.
    const isGreyPng = header.kind === 'png' && (head[25] === 0 || head[25] === 4)
    return [
      {
        width: isTurned ? header.height : header.width,
        height: isTurned ? header.width : header.height,
        components: isGreyPng ? 1 : header.components,
      },
    ]
  })
  const sized = headers.filter(({ width, height }) => width > 0 && height > 0)
  const byArea = [...sized].sort((one, other) => one.width * one.height - other.width * other.height)
  const [smallest, largest] = [byArea[0], byArea.at(-1)]
  return {
    headers,
    foreign,
    sizes:
      smallest && largest
        ? { smallest: [smallest.width, smallest.height], largest: [largest.width, largest.height] }
        : null,
  }
}

/** Small pictures of one size stay as they are; others become the courses' 32 × 32. */
function sizeFor({ headers }: Sample, choices: Choices | null): { readonly height: number; readonly width: number } {
  const [first] = headers
  const isEven =
    first !== undefined && headers.every(({ width, height }) => width === first.width && height === first.height)
  const usual =
    isEven && first.width > 0 && Math.max(first.width, first.height) <= 64 ? first : { height: 32, width: 32 }
  return { height: choices?.height ?? usual.height, width: choices?.width ?? usual.width }
}

interface Way {
  readonly labelsFrom: LabelsFrom
  readonly labels: Labelling
  readonly classes: readonly { readonly name: string; readonly count: number }[]
}

/** Ways that tell two classes or more for most of the pictures, the surest first; 'none' is always one. */
export async function findWays(files: ReadingTools['files'], pictures: readonly FileEntry[]): Promise<readonly Way[]> {
  const ways: Way[] = []
  for (const labelsFrom of ['table', 'folders', 'prefix'] as const) {
    const labels = await labelBy(labelsFrom, files, pictures)
    if (labels === null || labels.size < pictures.length * 0.5) continue
    const counts = new Map<string, number>()
    for (const name of labels.values()) counts.set(name, (counts.get(name) ?? 0) + 1)
    const isTelling = counts.size >= 2 && (labelsFrom !== 'prefix' || labels.size >= counts.size * 2)
    if (!isTelling || (counts.size > mostClasses && labelsFrom !== 'folders')) continue
    ways.push({
      labelsFrom,
      labels,
      classes: inOrder(counts.keys()).map((name) => ({ name, count: counts.get(name) ?? 0 })),
    })
  }
  // Nothing tells classes apart, but folders may still name the one class there is.
  const byFolder = await labelBy('folders', files, pictures)
  if (ways.length === 0 && byFolder !== null && byFolder.size > 0) {
    const [name = ''] = byFolder.values()
    ways.push({ labelsFrom: 'folders', labels: byFolder, classes: [{ name, count: byFolder.size }] })
  }
  return [...ways, { labelsFrom: 'none', labels: new Map(), classes: [] }]
}

function listFolders(pictures: readonly FileEntry[]): RecognisedPictures['folders'] {
  const counts = new Map<string, number>()
  for (const { path } of pictures) {
    for (let folder = folderOf(path); folder !== ''; folder = folderOf(folder))
      counts.set(folder, (counts.get(folder) ?? 0) + 1)
  }
  return [...counts]
    .map(([path, count]) => ({ path, pictures: count }))
    .sort((one, other) => one.path.split('/').length - other.path.split('/').length || (one.path < other.path ? -1 : 1))
    .slice(0, foldersTold)
}

/** Folders that can be a part of the data set: not those that hold everything, nor those that say what pictures show. */
function foldersOfParts(
  folders: RecognisedPictures['folders'],
  { labelsFrom, testFolders, validationFolders }: PictureOptions,
  labels: Labelling,
  pictures: number,
): RecognisedPictures['folders'] {
  const ofClasses = new Set(labelsFrom === 'folders' ? [...labels.keys()].map((entry) => folderOf(entry.path)) : [])
  const chosen = [...testFolders, ...validationFolders]
  return folders.filter(
    ({ path, pictures: held }) => chosen.includes(path) || (held < pictures && !ofClasses.has(path)),
  )
}

/** Folders that are called so; of two that were given and are not, the smaller one is the external test. */
function findRoles(
  folders: RecognisedPictures['folders'],
  roots: readonly string[],
  labels: Labelling,
  pictures: readonly FileEntry[],
): { readonly test: readonly string[] & string[]; readonly validation: string[] } {
  const leaves = new Set(pictures.map(({ path }) => folderOf(path)))
  const isLabelFolder = (path: string) =>
    leaves.has(path) && [...labels].some(([entry, name]) => folderOf(entry.path) === path && name === lastPart(path))
  const named = folders.filter(({ path }) => roleOf(lastPart(path)) !== null && !isLabelFolder(path))
  const withRole = (role: 'test' | 'validation') =>
    named
      .filter(({ path }) => roleOf(lastPart(path)) === role)
      .map(({ path }) => path)
      .filter((path, _, all) => !all.some((other) => other !== path && isIn(path, other)))
  const test = withRole('test')
  const validation = withRole('validation')
  if (roots.length === 2 && test.length === 0) {
    const [one, other] = roots.map((root) => pictures.filter(({ path }) => isIn(path, root)).length) as [number, number]
    const [first = '', second = ''] = roots.map((root) => root.replace(/\/$/, ''))
    if (one > 0 && other > 0) return { test: [other <= one ? second : first], validation }
  }
  const isAll = (paths: readonly string[]) => pictures.every(({ path }) => paths.some((folder) => isIn(path, folder)))
  return { test: isAll(test) ? [] : test, validation: isAll([...test, ...validation]) ? [] : validation }
}

function countLabels(planned: PicturePlan['train'], classes: number): readonly number[] {
  const counts = new Array<number>(classes).fill(0)
  if (classes > 0) for (const { label } of planned) counts[label] = (counts[label] ?? 0) + 1
  return counts
}

function warningsOf(plan: PicturePlan, { classes, labelsFrom }: PictureOptions, seen: Sample): readonly Text[] {
  const warnings: Text[] = []
  const counts = countLabels(plan.train, classes.length)
  if (labelsFrom === 'none')
    warnings.push({
      en: 'Nothing tells what the pictures show. Label them by hand first; they need not be imported for that.',
      ko: '무엇을 그린 그림인지 알 수 없습니다. 먼저 직접 레이블을 붙이세요. 가져오지 않고도 할 수 있습니다.',
    })
  else if (classes.length < 2)
    warnings.push({
      en: 'There is only one class: nothing can be told apart. Other labels can be given by hand.',
      ko: '클래스가 하나뿐이어서 구별할 것이 없습니다. 다른 레이블을 직접 붙일 수 있습니다.',
    })
  const [least, most] = [Math.min(...counts), Math.max(...counts)]
  if (classes.length >= 2 && most >= 3 * Math.max(1, least))
    warnings.push({
      en: `The classes are unequal: ${most} pictures of the largest, ${least} of the smallest. Class weights help.`,
      ko: `클래스 크기가 다릅니다. 가장 큰 것은 ${most}장, 가장 작은 것은 ${least}장입니다. 클래스 가중치가 도움이 됩니다.`,
    })
  if (classes.length >= 2 && most < 5)
    warnings.push({
      en: 'There are hardly any pictures of a class to learn from.',
      ko: '클래스마다 학습할 그림이 거의 없습니다.',
    })
  if (seen.foreign !== null)
    warnings.push({
      en: `Some are ${seen.foreign} pictures, which are not read. Save them as JPEG or PNG.`,
      ko: `읽지 못하는 ${seen.foreign} 그림이 있습니다. JPEG나 PNG로 저장하세요.`,
    })
  return warnings
}

async function preview(
  plan: PicturePlan,
  options: PictureOptions,
  { decoders, task }: Pick<ReadingTools, 'decoders' | 'task'>,
): Promise<Pictures> {
  const chosen = plan.train.slice(0, previewed)
  const values = new Map<number, Uint8Array>()
  await decoders.decode(
    chosen.map(({ entry }) => ({ location: entry.location, output: null })),
    options,
    {
      onResult: (index, result) => {
        if (result.ok) values.set(index, result.values)
      },
      isCancelled: task.isCancelled,
    },
  )
  const shown = chosen.flatMap(({ entry, label }, index) => {
    const pixels = values.get(index)
    return pixels === undefined ? [] : [{ entry, label, index, pixels }]
  })
  const size = options.height * options.width * options.channels
  const pixels = new Uint8Array(shown.length * size)
  shown.forEach((picture, row) => pixels.set(picture.pixels, row * size))
  return {
    shape: [options.height, options.width, options.channels],
    indices: shown.map(({ index }) => index),
    labels: shown.map(({ label }) => label),
    pixels,
    numbers: null,
    names: shown.map(({ entry }) => entry.path),
  }
}
