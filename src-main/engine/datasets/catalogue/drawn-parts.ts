import type { DatasetDescriptor, Part } from '../../../common/data/dataset.ts'
import type { Text } from '../../../common/layers/text.ts'
import { parts } from '../cache/parts.ts'
import type { CacheWriter, WrittenSamples } from '../cache/writer.ts'
import { InvalidData } from '../invalid-data.ts'
import type { ReadingTask } from '../reader.ts'

export type PictureFacts = Pick<
  DatasetDescriptor,
  'title' | 'titles' | 'shape' | 'task' | 'classes' | 'origin' | 'about'
>

/** What is known of pictures that have neither files nor anything else to tell. */
export function plainPictures(about: PictureFacts, targets: Readonly<Record<Part, Float32Array>>): WrittenSamples {
  return {
    about: { ...about, heldOut: 0, kind: 'pictures', values: null, series: null },
    type: 'uint8',
    targets,
    names: null,
    skipped: [],
    decoders: { tensorflow: 0, sharp: 0, convas: 0 },
    columns: [],
    series: null,
  }
}

/** Draws every sample of both parts, pausing often enough for messages. */
export async function drawParts(options: {
  readonly writer: CacheWriter
  readonly task: ReadingTask
  readonly title: Text
  readonly labels: Readonly<Record<Part, Float32Array>>
  readonly draw: (part: Part, index: number, label: number) => Uint8Array
  readonly about: PictureFacts
}): Promise<WrittenSamples> {
  const { writer, task, title, labels, draw, about } = options
  const total = labels.train.length + labels.test.length
  let done = 0
  let lastPauseMs = 0
  for (const part of parts) {
    for (const [index, label] of labels[part].entries()) {
      if (Date.now() - lastPauseMs > 50) {
        task.progress({ title, done, total, unit: { en: 'pictures', ko: '장' } })
        await new Promise((resolve) => setImmediate(resolve))
        if (task.isCancelled())
          throw new InvalidData({ en: 'Drawing was cancelled.', ko: '그리기가 취소되었습니다.' }, 'cancelled')
        lastPauseMs = Date.now()
      }
      await writer.append(part, draw(part, index, label))
      done++
    }
  }
  return plainPictures(about, labels)
}
