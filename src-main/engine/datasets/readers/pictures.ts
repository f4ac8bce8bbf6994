import type { Part } from '../../../common/data/dataset.ts'
import type { SkippedFile } from '../../../common/data/inspection.ts'
import { formatCount } from '../../../common/thousands.ts'
import { parts } from '../cache/parts.ts'
import { InvalidData } from '../invalid-data.ts'
import type { FormatReader } from '../reader.ts'
import { findPictures, recognisePictures, withoutLists } from './pictures/recognise.ts'
import { labelBy, planPictures } from './pictures/plan.ts'

const progressIntervalMs = 100

/** Pictures in folders and zips, with their classes from folders, names or a list. */
export const pictures: FormatReader<'pictures'> = {
  format: 'pictures',
  recognise: recognisePictures,
  write: async ({ files, task, decoders }, options, writer) => {
    const { pictures: found, others } = await findPictures(files.entries)
    const labels = await labelBy(options.labelsFrom, files, found)
    if (labels === null)
      throw new InvalidData({
        en: 'A CSV that names the pictures and their labels was expected among the files. There is none.',
        ko: '그림과 레이블이 적힌 CSV가 파일 가운데 있어야 합니다. 그런 파일이 없습니다.',
      })
    const plan = planPictures(found, labels, options)
    const skipped: SkippedFile[] = [...files.skipped, ...withoutLists(others, options), ...plan.skipped]
    const total = plan.train.length + plan.test.length
    if (total === 0)
      throw new InvalidData({
        en: 'No picture is left to import with these options. Choose other classes or labels.',
        ko: '이 옵션으로는 가져올 그림이 남지 않습니다. 클래스나 레이블을 다르게 고르세요.',
      })
    const size = options.width * options.height * options.channels
    const outputs = {
      train: await writer.reserve('train', plan.train.length * size),
      test: await writer.reserve('test', plan.test.length * size),
    }
    const all = parts.flatMap((part) =>
      plan[part].map((picture, position) => ({
        ...picture,
        part,
        position,
        output: { file: outputs[part], position },
      })),
    )
    const isGood = { train: new Uint8Array(plan.train.length), test: new Uint8Array(plan.test.length) }
    const decodedBy = { tensorflow: 0, sharp: 0, convas: 0 }
    let done = 0
    let lastMs = 0
    const tell = () => {
      task.progress({
        title: { en: 'Importing pictures', ko: '그림을 가져오는 중' },
        done,
        total,
        unit: { en: 'pictures', ko: '장' },
      })
    }
    tell()
    await decoders.decode(
      all.map(({ entry, output }) => ({ location: entry.location, output })),
      options,
      {
        isCancelled: task.isCancelled,
        onResult: (index, result) => {
          const { entry, part, position } = all[index] as (typeof all)[number]
          if (result.ok) {
            isGood[part][position] = 1
            decodedBy[result.decoder]++
          } else skipped.push({ file: entry.path, reason: result.reason })
          done++
          if (Date.now() - lastMs < progressIntervalMs) return
          lastMs = Date.now()
          tell()
        },
      },
    )
    tell()
    const kept = { train: positionsOf(isGood.train), test: positionsOf(isGood.test) }
    if (kept.train.length === 0) {
      const [first] = skipped
      throw new InvalidData({
        en: `None of ${total} pictures could be decoded.${first ? ` ${first.file}: ${first.reason.en}` : ''}`,
        ko: `그림 ${total}개 가운데 읽을 수 있는 것이 없습니다.${first ? ` ${first.file}: ${first.reason.ko}` : ''}`,
      })
    }
    for (const part of parts) await writer.keep(part, kept[part], size)
    const firstHeld = plan.train.length - plan.heldOut
    const ofPart = (part: Part) =>
      Array.from(kept[part], (position) => plan[part][position] as (typeof plan.train)[number])
    const count = kept.train.length + kept.test.length
    return {
      about: {
        title: files.name,
        titles: { en: files.name, ko: files.name },
        shape: [options.height, options.width, options.channels],
        task: 'classification',
        classes: options.labelsFrom === 'none' ? [] : options.classes,
        origin: 'real',
        about: {
          en: `${formatCount(count)} pictures of your own, read as ${options.height} × ${options.width} ${options.channels === 1 ? 'grey' : 'colour'}.`,
          ko: `직접 가져온 그림 ${formatCount(count)}장입니다. ${options.height} × ${options.width} ${options.channels === 1 ? '흑백' : '컬러'}로 읽었습니다.`,
        },
        heldOut: kept.train.filter((position) => position >= firstHeld).length,
        kind: 'pictures',
        values: null,
        series: null,
      },
      type: 'uint8',
      targets: {
        train: Float32Array.from(ofPart('train'), ({ label }) => label),
        test: Float32Array.from(ofPart('test'), ({ label }) => label),
      },
      names: {
        train: ofPart('train').map(({ entry }) => entry.path),
        test: ofPart('test').map(({ entry }) => entry.path),
      },
      skipped,
      decoders: decodedBy,
      columns: [],
      series: null,
    }
  },
}

function positionsOf(flags: Uint8Array): Int32Array {
  const positions: number[] = []
  flags.forEach((flag, position) => {
    if (flag === 1) positions.push(position)
  })
  return Int32Array.from(positions)
}
