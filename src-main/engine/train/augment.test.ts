import { describe, expect, test } from 'vitest'
import type { Augmentation } from '../../common/data/augmentation.ts'
import { isAugmenting } from '../../common/data/augmentation.ts'
import type { Backend } from '../backends/backend.ts'
import { openBackend } from '../backends/select.ts'
import { tinyDataset } from '../testing/models.ts'
import { createAugmenter, drawVariation, varySample } from './augment.ts'
import type { Variation } from './augment.ts'
import { makeBatch } from './batches.ts'
import { bothSteps, makeCase } from './replay/testing.ts'

const still: Variation = {
  isFlipped: false,
  isUpended: false,
  across: 0,
  down: 0,
  radians: 0,
  scale: 1,
  brightness: 0,
  noise: 0,
  noiseSeed: 1,
}
/** Three columns and two rows of one channel. */
const picture = Uint8Array.of(0, 51, 102, 153, 204, 255)

function vary(variation: Partial<Variation>, inputs: Uint8Array | Float32Array = picture, shape = [2, 3, 1]): number[] {
  const values = new Float32Array(inputs.length)
  varySample({ inputs, position: 0, shape, variation: { ...still, ...variation }, values, to: 0 })
  return Array.from(values, (value) => Math.round(value * 1000) / 1000)
}

describe('a sample is varied', () => {
  test.each<readonly [string, Partial<Variation>, readonly number[]]>([
    ['not at all', {}, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    ['left for right', { isFlipped: true }, [0.4, 0.2, 0, 1, 0.8, 0.6]],
    ['top for bottom', { isUpended: true }, [0.6, 0.8, 1, 0, 0.2, 0.4]],
    ['by a third to the right; the edge is repeated', { across: 1 / 3 }, [0, 0, 0.2, 0.6, 0.6, 0.8]],
    ['by half a row down: between two rows', { down: 0.25 }, [0, 0.2, 0.4, 0.3, 0.5, 0.7]],
    ['by half a turn', { radians: Math.PI }, [1, 0.8, 0.6, 0.4, 0.2, 0]],
    ['to twice the size', { scale: 2 }, [0.25, 0.35, 0.45, 0.55, 0.65, 0.75]],
    ['in brightness, within 0…1', { brightness: 0.3 }, [0.3, 0.5, 0.7, 0.9, 1, 1]],
  ])('%s', (_, variation, expected) => {
    const got = vary(variation)
    got.forEach((value, index) => {
      expect(value).toBeCloseTo(expected[index] ?? NaN, 2)
    })
  })

  test('a quarter turn is against the clock for people, who look at rows from above', () => {
    const square = Uint8Array.of(255, 0, 0, 0, 0, 0, 0, 0, 0)
    expect(vary({ radians: Math.PI / 2 }, square, [3, 3, 1])[2]).toBeCloseTo(1, 3)
  })

  test('colours stay together', () => {
    const colours = Uint8Array.of(255, 0, 0, 0, 0, 255)
    expect(vary({ isFlipped: true }, colours, [1, 2, 3])).toEqual([0, 0, 1, 1, 0, 0])
  })

  test('a series gets noise only, of the deviation asked for', () => {
    const flat = new Float32Array(4_000)
    const varied = vary({ noise: 0.5, isFlipped: true, brightness: 1 }, flat, [4_000, 1])
    const mean = varied.reduce((sum, value) => sum + value, 0) / 4_000
    const deviation = Math.sqrt(varied.reduce((sum, value) => sum + value ** 2, 0) / 4_000)
    expect(Math.abs(mean)).toBeLessThan(0.03)
    expect(deviation).toBeCloseTo(0.5, 1)
  })
})

describe('variations are drawn', () => {
  const all: Augmentation = {
    flipHorizontal: true,
    flipVertical: true,
    shift: 0.2,
    rotate: 30,
    zoom: 0.1,
    brightness: 0.2,
  }

  test('within what was asked for, everywhere in it', () => {
    const drawn = Array.from({ length: 2_000 }, (_, seed) => drawVariation(all, seed))
    const range = (of: (one: Variation) => number) => [Math.min(...drawn.map(of)), Math.max(...drawn.map(of))] as const
    const check = ([low, high]: readonly [number, number], reach: number, middle = 0) => {
      expect(low).toBeGreaterThanOrEqual(middle - reach)
      expect(high).toBeLessThanOrEqual(middle + reach)
      expect(high - low).toBeGreaterThan(reach * 1.9)
    }
    check(
      range((one) => one.across),
      0.2,
    )
    check(
      range((one) => one.down),
      0.2,
    )
    check(
      range((one) => one.radians),
      Math.PI / 6,
    )
    check(
      range((one) => one.scale),
      0.1,
      1,
    )
    check(
      range((one) => one.brightness),
      0.2,
    )
    expect(drawn.filter((one) => one.isFlipped).length / 2_000).toBeCloseTo(0.5, 1)
  })

  test('so that switching one on leaves the others as they are', () => {
    const { brightness: _, ...rest } = drawVariation(all, 5)
    const { brightness: without, ...others } = drawVariation({ ...all, brightness: 0 }, 5)
    expect(others).toEqual(rest)
    expect(without).toBeCloseTo(0, 12)
  })

  test('from seed, epoch and position alone', () => {
    const dataset = tinyDataset()
    const values = (seed: number, epoch: number, position: number) => {
      const into = new Float32Array(64)
      createAugmenter(dataset, all, seed, epoch)?.(position, into, 0)
      return into
    }
    expect(values(1, 2, 3)).toEqual(values(1, 2, 3))
    for (const other of [values(2, 2, 3), values(1, 3, 3), values(1, 2, 4)]) expect(other).not.toEqual(values(1, 2, 3))
  })

  test('or not at all where nothing is asked for', () => {
    const nothing: Augmentation = { flipHorizontal: false, shift: 0 }
    expect([isAugmenting(undefined), isAugmenting({}), isAugmenting(nothing), isAugmenting({ noise: 0.1 })]).toEqual([
      false,
      false,
      false,
      true,
    ])
    expect(createAugmenter(tinyDataset(), nothing, 1, 1)).toBeNull()
  })
})

describe('training with augmentation', () => {
  test('a replayed step takes the varied samples and does with them what the eager one does, after a bad step too', async (context) => {
    const opened = await openBackend('tensorflow')
    if (!opened.ok) {
      console.log(`Not tested: ${opened.error.message}`)
      context.skip()
      return
    }
    const backend: Backend = opened.value
    const one = makeCase({
      layers: [
        ['input', { shape: [8, 8, 1] }],
        ['conv2d', { filters: 4, kernelSize: [3, 3], padding: 'same', activation: 'relu' }],
        ['flatten'],
        ['dense', { units: 1, activation: 'sigmoid' }],
      ],
      classes: 2,
    })
    const dataset = one.dataset
    const positions = Int32Array.from({ length: 32 }, (_, index) => index)
    const { eager, replayed } = bothSteps(backend, one, { feedsTraining: true })
    const train = (step: typeof eager, rate: number, number: number) => {
      const augment = createAugmenter(dataset, { flipHorizontal: true, rotate: 20, noise: 0.1 }, 1, number)
      const batch = makeBatch(backend.tf, dataset, 'train', positions, augment)
      const plain = makeBatch(backend.tf, dataset, 'train', positions)
      try {
        expect(batch.values()).not.toEqual(plain.values())
        return step.train(batch, rate, number)
      } finally {
        batch.dispose()
        plain.dispose()
      }
    }
    const run = (step: typeof eager) => [1, 2, 3].map((number) => train(step, 0.01, number).loss)
    expect(run(replayed)).toEqual(run(eager))
    expect(replayed.readWeights()).toEqual(eager.readWeights())
    // Taking back a step trains the ones before it again, on the same varied samples.
    const before = replayed.readWeights()
    train(replayed, 0.01, 4)
    replayed.undoLast()
    expect(replayed.readWeights()).toEqual(before)
    for (const step of [eager, replayed]) step.dispose()
  })
})
