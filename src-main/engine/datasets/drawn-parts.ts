import type { Part } from '../../common/data/dataset.ts'
import type { Text } from '../../common/layers/text.ts'
import type { DecodedPart, ReadingTask } from './reader.ts'

/** Draws every sample of both parts, pausing often enough for messages; null when it was cancelled. */
export async function drawParts(options: {
  readonly task: ReadingTask
  readonly title: Text
  readonly sampleSize: number
  readonly labels: Readonly<Record<Part, Float32Array>>
  readonly draw: (part: Part, index: number, label: number) => Uint8Array
}): Promise<Readonly<Record<Part, DecodedPart>> | null> {
  const { task, title, sampleSize, labels, draw } = options
  const total = labels.train.length + labels.test.length
  let done = 0
  let lastPauseMs = 0
  const drawPart = async (part: Part): Promise<DecodedPart | null> => {
    const targets = labels[part]
    const inputs = new Uint8Array(targets.length * sampleSize)
    for (let index = 0; index < targets.length; index++) {
      if (Date.now() - lastPauseMs > 50) {
        task.progress({ title, done, total, unit: { en: 'pictures', ko: '장' } })
        await new Promise((resolve) => setImmediate(resolve))
        if (task.isCancelled()) return null
        lastPauseMs = Date.now()
      }
      inputs.set(draw(part, index, targets[index] as number), index * sampleSize)
      done++
    }
    return { inputs, targets }
  }
  const train = await drawPart('train')
  const test = train && (await drawPart('test'))
  return train && test ? { train, test } : null
}
