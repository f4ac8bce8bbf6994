import { beforeAll, describe, expect, test } from 'vitest'
import { sizeOf } from '../../common/layers/window-shapes.ts'
import { randomModel } from '../../common/testing/random-model.ts'
import { SeededRandom } from '../../common/testing/seeded-random.ts'
import type { Backend } from '../backends/backend.ts'
import { compileModel } from '../compile/compile.ts'
import { chain, tinyCnn, tinyDataset, tinyMlp, tinyProject } from '../testing/models.ts'
import { openForTest } from '../testing/native.ts'
import { enlarge, lastConvolution, occlusion, saliency, scoreOf } from './explain.ts'
import { findDrivers, rankSamples } from './rank.ts'

type Five = readonly [number, number, number, number, number]
const goingOn = async () => true
let backend: Backend
beforeAll(async () => {
  backend = ((await openForTest('tensorflow')) ?? (await openForTest('wasm')))!
})

function compiledOf(model: Parameters<typeof compileModel>[1], seed = 3) {
  const compiled = compileModel(backend, model, seed)
  if (!compiled.ok) throw new Error(compiled.error.message)
  return compiled.value
}

describe('gradient saliency', () => {
  test('is what finite differences of the score give, on random nets of all kinds of layers', () => {
    const random = new SeededRandom(99)
    const library = backend.tf
    const layers = new Set<string>()
    let compared = 0
    for (let index = 0; index < 40; index++) {
      const model = randomModel(random)
      const compiled = compiledOf(model, index)
      const { inputShape } = compiled
      const sample = Float32Array.from({ length: sizeOf(inputShape) }, () => random.next() * 2 - 1)
      const scores = (batch: readonly Float32Array[]) =>
        library.tidy(() => {
          const pass = compiled.forward(library.stack(batch.map((values) => library.tensor(values, [...inputShape]))))
          return scoreOf(pass, 'softmax', 0).dataSync() as unknown as ReturnType<typeof library.tensor>
        }) as unknown as Float32Array
      const input = library.tensor(sample, [1, ...inputShape])
      const { signed, values } = saliency({ backend, model, compiled, readOut: 'softmax', input, target: 0 })
      const channels = inputShape.at(-1) ?? 1
      for (let tries = 0; tries < 12; tries++) {
        const place = random.whole(0, values.length - 1)
        const slopes = Array.from({ length: channels }, (_, channel) => {
          const moved = [0.02, -0.02, 0.01, -0.01, 0].map((reach) =>
            sample.map((value, offset) => (offset === place * channels + channel ? value + reach : value)),
          )
          const [ahead, behind, nearAhead, nearBehind, here] = scores(moved) as unknown as number[] & Five
          const [far, near] = [ahead - behind, nearAhead - nearBehind]
          // A kink within reach, as ReLU and maxima have, spoils any difference.
          const isSmooth =
            Math.abs(far / 0.04 - near / 0.02) < 2e-3 && Math.abs(ahead + behind - 2 * here) / 0.02 < 1e-2
          return isSmooth ? (4 * near) / 0.06 - far / 0.12 : NaN
        })
        if (slopes.some(Number.isNaN)) continue
        compared++
        for (const { layer } of model.nodes) layers.add(layer)
        const largest = slopes.reduce((most, slope) => (Math.abs(slope) > Math.abs(most) ? slope : most))
        const size = Math.max(0.3, Math.abs(largest))
        expect(Math.abs((values[place] as number) - Math.abs(largest)) / size).toBeLessThan(5e-3)
        expect(Math.abs(signed?.[place] as number)).toBe(values[place])
      }
      input.dispose()
      compiled.dispose()
    }
    expect(compared).toBeGreaterThan(150)
    expect(layers.size).toBeGreaterThan(20)
  })

  test('of the first class of two is the second’s with its sign turned', () => {
    const compiled = compiledOf(tinyCnn)
    const input = backend.tf.fill([1, 8, 8, 1], 0.3)
    const of = (target: number) => saliency({ backend, model: tinyCnn, compiled, readOut: 'sigmoid', input, target })
    expect(Array.from(of(0).signed ?? [], (value) => value + 0)).toEqual(
      Array.from(of(1).signed ?? [], (value) => 0 - value),
    )
    input.dispose()
    compiled.dispose()
  })
})

describe('occlusion', () => {
  test('finds the one place that a net looks at, and stops when it is told to', async () => {
    const model = chain('net', ['input', { shape: [4, 4, 1] }], ['flatten', {}], ['dense', { units: 1 }])
    const compiled = compiledOf(model)
    const weights = new Float32Array(16)
    weights[5] = 2
    backend.tf.tidy(() => compiled.weights[0]?.variable.assign(backend.tf.tensor(weights, [16, 1])))
    const input = backend.tf.ones([1, 4, 4, 1])
    const question = { backend, model, compiled, readOut: 'none' as const, input, target: null }
    const found = await occlusion(question, { patch: 1, stride: 1 }, goingOn)
    // The place falls from 1 to the grey of a half, twice over.
    expect(Array.from(found?.values ?? [])).toEqual(Array.from(weights, (weight) => weight / 2))
    expect(await occlusion(question, { patch: 1, stride: 1 }, async () => false)).toBeNull()
    // A stride longer than the patch leaves no place out.
    const coarse = await occlusion(question, { patch: 2, stride: 9 }, goingOn)
    expect(Array.from(coarse?.values ?? []).filter((value) => value === 1)).toHaveLength(4)
    input.dispose()
    compiled.dispose()
  })
})

describe('what a map is enlarged to', () => {
  test.each([
    [[0, 1], [2], [4], [0, 0.25, 0.75, 1]],
    [
      [1, 2, 3, 4],
      [2, 2],
      [2, 2],
      [1, 2, 3, 4],
    ],
    [[7], [1, 1], [2, 3], [7, 7, 7, 7, 7, 7]],
  ])('%j from %j to %j', (values, from, to, expected) => {
    expect(Array.from(enlarge(Float32Array.from(values), from, to))).toEqual(expected)
  })
})

test('an MLP has no last convolution', () => {
  const compiled = compiledOf(tinyMlp)
  expect(lastConvolution(tinyMlp, compiled)).toBeNull()
  compiled.dispose()
})

describe('the samples that say most', () => {
  test('are the surest and least sure answers, and the mistakes with the least probable truth first', async () => {
    const compiled = compiledOf(tinyCnn)
    const dataset = tinyDataset()
    const { recipe } = tinyProject([tinyCnn])
    const ranking = await rankSamples({ backend, compiled, dataset, recipe }, 'test', goingOn)
    if (ranking === null) throw new Error('it was not stopped')
    const { certain, uncertain, wrong, samples, mistakes } = ranking
    expect(samples).toBe(dataset.descriptor.counts.test)
    expect(mistakes).toBeGreaterThan(0)
    const sure = (list: typeof certain) => list.map(({ probability }) => probability as number)
    expect(sure(certain)).toEqual([...sure(certain)].sort((one, other) => other - one))
    expect(sure(uncertain)).toEqual([...sure(uncertain)].sort((one, other) => one - other))
    expect(wrong).toHaveLength(Math.min(60, mistakes))
    for (const [index, one] of wrong.entries()) {
      expect(one.answer).not.toBe(one.truth)
      expect(one.truth).toBe(dataset.parts.test.targets[one.picture.index])
      expect(one.truthProbability).toBeLessThanOrEqual(0.5)
      if (index > 0) expect(one.truthProbability).toBeGreaterThanOrEqual(wrong[index - 1]?.truthProbability as number)
    }
    compiled.dispose()
  })

  test('that drive a filter most are those whose map is largest, at the place where it is', async () => {
    const compiled = compiledOf(tinyCnn)
    const dataset = tinyDataset()
    const { inputs } = dataset.parts.test
    const bright = Array.from({ length: dataset.descriptor.counts.test }, (_, index) => index)
    // A kernel that looks at one pixel: its map is the picture.
    const kernel = new Float32Array(3 * 3 * 4)
    kernel[4 * 4 + 2] = 1
    backend.tf.tidy(() => compiled.weights[0]?.variable.assign(backend.tf.tensor(kernel, [3, 3, 1, 4])))
    const drivers = await findDrivers(
      { backend, compiled, dataset },
      { node: 'conv2d1', filter: 2, part: 'test' },
      goingOn,
    )
    const brightest = (index: number) => Math.max(...inputs.subarray(index * 64, (index + 1) * 64))
    const expected = bright
      .map(brightest)
      .sort((one, other) => other - one)
      .slice(0, 9)
    expect(drivers?.found.map(({ value }) => Math.round(value * 255))).toEqual(expected)
    for (const { picture, at } of drivers?.found ?? []) {
      const [row = 0, column = 0, filter] = at
      expect(filter).toBe(2)
      expect(inputs[picture.index * 64 + row * 8 + column]).toBe(brightest(picture.index))
    }
    expect(drivers).toMatchObject({ scanned: bright.length, total: bright.length })
    compiled.dispose()
  })
})
