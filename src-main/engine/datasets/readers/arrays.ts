import type { Pictures } from '../../../common/contract.ts'
import type { Part } from '../../../common/data/dataset.ts'
import type { RecognisedArrays } from '../../../common/data/inspection.ts'
import type { ArrayOptions, ReadingChoices } from '../../../common/data/reading.ts'
import type { Text } from '../../../common/layers/text.ts'
import { formatCount } from '../../../common/thousands.ts'
import { deriveSeed } from '../../random.ts'
import type { CacheWriter } from '../cache/writer.ts'
import { holdBack } from '../hold-back.ts'
import { InvalidData } from '../invalid-data.ts'
import type { FormatReader, ReadingTask } from '../reader.ts'
import type { NamedArray } from './arrays/array-file.ts'
import { sizeOf, typeName } from './arrays/array-file.ts'
import { findRoles } from './arrays/find-roles.ts'
import { findClasses, readTargets, toTargets } from './arrays/labels.ts'
import type { TargetColumn } from './arrays/labels.ts'
import { openArrays } from './arrays/open-arrays.ts'
import type { OpenedArrays } from './arrays/open-arrays.ts'
import { guessChannelsFirst, layOut, samplesOf } from './arrays/samples.ts'
import type { SampleLayout } from './arrays/samples.ts'

const previewed = 24
const progressIntervalMs = 100

/** Arrays with labels: idx, npy and npz, and the binary and Python batches of CIFAR. */
export const arrays: FormatReader<'arrays'> = {
  format: 'arrays',
  recognise: async ({ files }, choices, wanted) => {
    const opened = await openArrays(files)
    if (opened === null) {
      if (choices === null) return null
      throw new InvalidData({
        en: `Arrays (npz, npy, idx or the batches of CIFAR) were expected in "${files.name}". There are none.`,
        ko: `"${files.name}"에 배열(npz, npy, idx 또는 CIFAR 배치)이 있어야 합니다. 배열이 없습니다.`,
      })
    }
    const plan = await planArrays(opened.arrays, opened.classes, choices)
    const { options, layout, targets, classes } = plan
    const { kept, held } = splitOf(plan)
    const heldOut = plan.validation?.shape[0] ?? 0
    const counts = { train: kept.length + heldOut, test: plan.test === null ? held.length : (plan.test.shape[0] ?? 0) }
    const count = (positions: ArrayLike<number>, labels: Float32Array | null) => {
      const sums = new Array<number>(classes.length).fill(0)
      if (labels !== null && options.task === 'classification')
        for (let index = 0; index < positions.length; index++) {
          const label = labels[positions[index] as number] as number
          sums[label] = (sums[label] ?? 0) + 1
        }
      return sums
    }
    return {
      format: 'arrays',
      title: { en: 'Arrays', ko: '배열' },
      options,
      shape: layout.shape,
      task: options.task,
      classes,
      counts,
      heldOut,
      classCounts: {
        train: sumOf(
          count(kept, targets.train),
          count(Int32Array.from(targets.validation?.keys() ?? []), targets.validation),
        ),
        test:
          plan.test === null
            ? count(held, targets.train)
            : count(Int32Array.from(targets.test?.keys() ?? []), targets.test),
      },
      warnings: warningsOf(plan),
      skipped: files.skipped.slice(0, 100),
      skippedCount: files.skipped.length,
      bytes: (counts.train + counts.test) * (sizeOf(layout.shape) * (layout.type === 'uint8' ? 1 : 4) + 4),
      arrays: opened.arrays.map(({ name, shape, type }) => ({ name, shape, type: typeName(type) })),
      preview: wanted.preview ? await preview(plan) : null,
    } satisfies RecognisedArrays
  },
  write: async ({ files, task }, options, writer) => {
    const opened = await openArrays(files)
    if (opened === null)
      throw new InvalidData({
        en: `Arrays were expected in "${files.name}". There are none any more.`,
        ko: `"${files.name}"에 배열이 있어야 합니다. 이제는 배열이 없습니다.`,
      })
    const plan = await planArrays(opened.arrays, opened.classes, options)
    const { layout, targets, classes } = plan
    const { kept, held } = splitOf(plan)
    const heldOut = plan.validation?.shape[0] ?? 0
    const total = (plan.train.shape[0] ?? 0) + (plan.test?.shape[0] ?? 0) + heldOut
    const copy = createCopy(writer, task, total, sizeOf(layout.shape))
    const isHeld = new Uint8Array(plan.train.shape[0] ?? 0)
    for (const position of held) isHeld[position] = 1
    await copy(samplesOf(plan.train, layout), (index) => (isHeld[index] === 1 ? 'test' : 'train'))
    if (plan.test !== null) await copy(samplesOf(plan.test, layout), () => 'test')
    // What is set aside stands at the end of the training part.
    if (plan.validation !== null) await copy(samplesOf(plan.validation, layout), () => 'train')
    const pick = (positions: Int32Array) =>
      Float32Array.from(positions, (position) => (targets.train === null ? 0 : (targets.train[position] as number)))
    const shape = layout.shape.join(' × ')
    return {
      about: {
        title: files.name,
        titles: { en: files.name, ko: files.name },
        shape: layout.shape,
        task: options.task,
        classes,
        origin: 'real',
        about: {
          en: `${formatCount(total)} samples of your own from arrays, each ${shape}.`,
          ko: `배열에서 가져온 샘플 ${formatCount(total)}개입니다. 각각 ${shape}입니다.`,
        },
        heldOut,
        kind: 'arrays',
        values: null,
        series: null,
      },
      type: layout.type,
      targets: {
        train: joined(pick(kept), targets.validation ?? new Float32Array(heldOut)),
        test: plan.test === null ? pick(held) : (targets.test ?? new Float32Array(plan.test.shape[0] ?? 0)),
      },
      names: null,
      skipped: files.skipped,
      decoders: { tensorflow: 0, sharp: 0, convas: 0 },
      columns: [],
      series: null,
    }
  },
}

interface ArrayPlan {
  readonly options: ArrayOptions
  readonly train: NamedArray
  readonly test: NamedArray | null
  readonly validation: NamedArray | null
  readonly layout: SampleLayout
  /** Null where samples have no labels. */
  readonly targets: Readonly<Record<'train' | 'test' | 'validation', Float32Array | null>>
  readonly classes: readonly string[]
  readonly leftOut: readonly NamedArray[]
}

async function planArrays(
  all: readonly NamedArray[],
  named: OpenedArrays['classes'],
  choices: Extract<ReadingChoices, { format: 'arrays' }> | null,
): Promise<ArrayPlan> {
  const roles = findRoles(all)
  const find = (name: string | null | undefined, other: string | null | undefined): NamedArray | null => {
    const wanted = name === undefined ? other : name
    if (wanted === null || wanted === undefined) return null
    const found = all.find((array) => array.name === wanted)
    if (found === undefined)
      throw new InvalidData({
        en: `One of the arrays ${all.map((array) => array.name).join(', ')} was expected. Received: ${wanted}`,
        ko: `${all.map((array) => array.name).join(', ')} 가운데 한 배열이어야 합니다. 받은 값: ${wanted}`,
      })
    return found
  }
  const train = find(choices?.trainInputs, roles?.trainInputs)
  if (train === null)
    throw new InvalidData({
      en: `An array of samples (the first axis counts them) was expected. Found: ${all.map(({ name, shape }) => `${name} ${shape.join(' × ')}`).join(', ')}`,
      ko: `표본의 배열(첫 축이 표본의 수)이 있어야 합니다. 찾은 배열: ${all.map(({ name, shape }) => `${name} ${shape.join(' × ')}`).join(', ')}`,
    })
  const isOwn = train.name === roles?.trainInputs
  const test = find(choices?.testInputs, isOwn ? roles.testInputs : null)
  const validation = find(choices?.validationInputs, isOwn ? roles.validationInputs : null)
  const trainLabels = find(choices?.trainTargets, isOwn ? roles.trainTargets : null)
  const testLabels = find(choices?.testTargets, test?.name === roles?.testInputs ? roles?.testTargets : null)
  const validationLabels = find(
    choices?.validationTargets,
    validation?.name === roles?.validationInputs ? roles?.validationTargets : null,
  )
  if ((train.shape[0] ?? 0) < 1)
    throw new InvalidData({ en: `"${train.name}" holds no samples.`, ko: `"${train.name}" 배열에 표본이 없습니다.` })
  for (const [part, partName, samples, partLabels] of [
    ['test', '테스트', test, testLabels],
    ['validation', '검증', validation, validationLabels],
  ] as const) {
    if (samples === null) continue
    const [wanted, received] = [train, samples].map(({ shape }) => shape.slice(1).join(' × '))
    if (received !== wanted)
      throw new InvalidData({
        en: `The ${part} samples must have the shape of the training ones, ${wanted}. Received: ${received}`,
        ko: `${partName} 표본의 크기는 학습 표본과 같아야 합니다. 학습 표본: ${wanted}. 받은 크기: ${received}`,
      })
    if (trainLabels !== null && partLabels === null)
      throw new InvalidData({
        en: `Labels were expected for the ${part} samples in "${samples.name}" as for the training ones. There are none.`,
        ko: `학습 표본처럼 "${samples.name}"의 ${partName} 표본에도 레이블이 있어야 합니다. 레이블이 없습니다.`,
      })
  }
  const columns: Readonly<Record<'train' | 'test' | 'validation', TargetColumn | null>> = {
    train: trainLabels && (await readTargets(trainLabels, train.shape[0] ?? 0)),
    test: test && testLabels && (await readTargets(testLabels, test.shape[0] ?? 0)),
    validation: validation && validationLabels && (await readTargets(validationLabels, validation.shape[0] ?? 0)),
  }
  const present = [columns.train, columns.test, columns.validation].filter((column) => column !== null)
  const labels = findClasses(present)
  const isClasses = choices?.task === undefined ? labels !== null : choices.task === 'classification'
  if (isClasses && labels === null)
    throw new InvalidData({
      en: 'Whole numbers or words were expected as classes, at most 1,000 different ones.',
      ko: '클래스는 정수나 글이어야 하고 종류가 1\u202f000가지를 넘지 않아야 합니다.',
    })
  const channelsFirst = choices?.channelsFirst ?? guessChannelsFirst(train)
  const classes =
    !isClasses || labels === null || present.length === 0 ? [] : (choices?.classes ?? nameClasses(labels, named))
  const layout = layOut(train, channelsFirst)
  const options: ArrayOptions = {
    format: 'arrays',
    trainInputs: train.name,
    trainTargets: trainLabels?.name ?? null,
    testInputs: test?.name ?? null,
    testTargets: testLabels?.name ?? null,
    validationInputs: validation?.name ?? null,
    validationTargets: validationLabels?.name ?? null,
    channelsFirst,
    task: isClasses || present.length === 0 ? 'classification' : 'regression',
    classes: [...classes],
    testShare: choices?.testShare ?? (test === null ? 0.2 : 0),
    seed: choices?.seed ?? 1,
  }
  const toLabels = (column: TargetColumn | null) => {
    if (column === null) return null
    return toTargets(column, isClasses ? labels : null)
  }
  if (isClasses && classes.length !== 0 && labels !== null && classes.length < labels.length)
    throw new InvalidData({
      en: `Names for ${labels.length} classes were expected. Received: ${classes.length}`,
      ko: `클래스 ${labels.length}개의 이름이 있어야 합니다. 받은 이름의 수: ${classes.length}`,
    })
  const used = [train, test, validation, trainLabels, testLabels, validationLabels]
  return {
    options,
    train,
    test,
    validation,
    layout,
    targets: {
      train: toLabels(columns.train),
      test: toLabels(columns.test),
      validation: toLabels(columns.validation),
    },
    classes,
    leftOut: all.filter((array) => !used.includes(array)),
  }
}

function joined(one: Float32Array, other: Float32Array): Float32Array {
  const both = new Float32Array(one.length + other.length)
  both.set(one)
  both.set(other, one.length)
  return both
}

function sumOf(one: readonly number[], other: readonly number[]): readonly number[] {
  return one.map((count, label) => count + (other[label] ?? 0))
}

/** Names by the numbers that labels are; else the labels themselves. Names that were only guessed must be as many. */
function nameClasses(labels: readonly string[], named: OpenedArrays['classes']): readonly string[] {
  const names = labels.map((label) => named?.names[Number(label)])
  const fit = named !== null && (named.areTold || named.names.length === labels.length)
  return fit && names.every((name) => name !== undefined) ? names : labels
}

function splitOf({ options, train, test, targets }: ArrayPlan): ReturnType<typeof holdBack> {
  const count = train.shape[0] ?? 0
  const share = test === null ? options.testShare : 0
  const strata = targets.train === null || options.task === 'regression' ? new Float32Array(count) : targets.train
  return holdBack(strata, share, deriveSeed(options.seed, 'test part'))
}

/** Appends samples to the parts that they belong to, telling how far it is. */
function createCopy(writer: CacheWriter, task: ReadingTask, total: number, size: number) {
  let done = 0
  let lastMs = 0
  const tell = () => {
    task.progress({
      title: { en: 'Importing arrays', ko: '배열을 가져오는 중' },
      done,
      total,
      unit: { en: 'samples', ko: '샘플' },
    })
  }
  tell()
  return async (blocks: AsyncIterable<Uint8Array | Float32Array>, partOf: (index: number) => Part) => {
    let index = 0
    for await (const block of blocks) {
      if (task.isCancelled())
        throw new InvalidData({ en: 'Importing was cancelled.', ko: '가져오기가 취소되었습니다.' }, 'cancelled')
      const count = block.length / size
      // Neighbours of the same part go together.
      for (let from = 0; from < count;) {
        const part = partOf(index + from)
        let length = 1
        while (from + length < count && partOf(index + from + length) === part) length++
        await writer.append(part, block.subarray(from * size, (from + length) * size))
        from += length
      }
      index += count
      done += count
      if (Date.now() - lastMs < progressIntervalMs) continue
      lastMs = Date.now()
      tell()
    }
    tell()
  }
}

async function preview({ train, layout, targets }: ArrayPlan): Promise<Pictures> {
  const size = sizeOf(layout.shape)
  const count = Math.min(previewed, train.shape[0] ?? 0)
  for await (const block of samplesOf(train, layout)) {
    const shown = Math.min(count, block.length / size)
    const values = block.slice(0, shown * size)
    const indices = Array.from({ length: shown }, (_, index) => index)
    return {
      shape: layout.shape,
      indices,
      labels: indices.map((index) => targets.train?.[index] ?? 0),
      pixels: values instanceof Uint8Array ? values : new Uint8Array(0),
      numbers: values instanceof Uint8Array ? null : values,
      names: null,
    }
  }
  throw new InvalidData({ en: `"${train.name}" holds no samples.`, ko: `"${train.name}" 배열에 표본이 없습니다.` })
}

function warningsOf({ options, classes, leftOut, layout }: ArrayPlan): readonly Text[] {
  const warnings: Text[] = []
  if (options.trainTargets === null)
    warnings.push({ en: 'No array holds labels for the samples.', ko: '샘플의 라벨이 담긴 배열이 없습니다.' })
  else if (options.task === 'classification' && classes.length < 2)
    warnings.push({
      en: 'There is only one class: nothing can be told apart.',
      ko: '클래스가 하나뿐이어서 구별할 것이 없습니다.',
    })
  if (leftOut.length > 0) {
    const names = leftOut
      .slice(0, 8)
      .map(({ name }) => name)
      .join(', ')
    warnings.push({ en: `Not used: ${names}.`, ko: `사용하지 않는 배열: ${names}` })
  }
  if (layout.isTurned)
    warnings.push({
      en: 'Channels stand first in the file; they are moved to the end.',
      ko: '채널이 앞에 있어 맨 뒤로 옮깁니다.',
    })
  return warnings
}
