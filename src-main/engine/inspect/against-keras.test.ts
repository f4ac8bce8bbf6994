import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Params, Shape } from '../../common/graph/graph.ts'
import type { LayerType } from '../../common/layers/registry.ts'
import type { Backend } from '../backends/backend.ts'
import { compileModel } from '../compile/compile.ts'
import type { CompiledModel } from '../compile/compile.ts'
import { chain } from '../testing/models.ts'
import { openForTest } from '../testing/native.ts'
import { kernelsOf, lookInto, writeWeights } from '../train/eager-step.ts'
import { gradCam, lastConvolution, occlusion, saliency } from './explain.ts'
import type { Question } from './explain.ts'

/** What make-fixtures.py has written down of Keras 3. */
interface KerasCase {
  readonly name: string
  readonly inputShape: Shape
  readonly sample: readonly number[]
  readonly layers: readonly {
    readonly layer: LayerType
    readonly params: Params
    readonly weights: Readonly<Record<string, readonly number[]>>
    readonly shape: Shape
    readonly map: readonly number[]
  }[]
  readonly target: number
  readonly saliency: { readonly score: number; readonly signed: readonly number[] }
  readonly gradCam: { readonly layer: number; readonly map: readonly number[]; readonly values: readonly number[] }
  readonly occlusion: { readonly patch: number; readonly stride: number; readonly values: readonly number[] }
}

const { cases } = JSON.parse(readFileSync(new URL('fixtures/keras.json', import.meta.url), 'utf8')) as {
  readonly cases: readonly KerasCase[]
}

function differenceOf(ours: ArrayLike<number>, theirs: readonly number[]): number {
  expect(ours).toHaveLength(theirs.length)
  return theirs.reduce((most, value, index) => Math.max(most, Math.abs(value - (ours[index] as number))), 0)
}

let native: Backend | null = null
beforeAll(async () => {
  native = await openForTest('tensorflow')
})

describe.each(['tensorflow', 'wasm'] as const)('on %s', (choice) => {
  describe.each(cases)('a net of $name with the weights of Keras', (given) => {
    const model = chain(
      'net',
      ['input', { shape: given.inputShape }],
      ...given.layers.map(({ layer, params }) => [layer, params] as const),
    )
    const idOf = (index: number) => model.nodes[index + 1]?.id as string
    let backend: Backend | null = null
    let compiled: CompiledModel
    let question: Question
    beforeAll(async () => {
      backend = choice === 'tensorflow' ? native : await openForTest('wasm')
      if (backend === null) return
      const built = compileModel(backend, model, 1)
      if (!built.ok) throw new Error(built.error.message)
      compiled = built.value
      const weightOf = (node: string, name: string) => {
        const layer = given.layers[model.nodes.findIndex(({ id }) => id === node) - 1]
        const values = layer?.weights[name]
        if (values === undefined) throw new Error(`Keras has no ${node}/${name}`)
        return Float32Array.from(values)
      }
      writeWeights(
        backend,
        compiled,
        compiled.weights.map(({ node, name }) => weightOf(node, name)),
      )
      const input = backend.tf.tensor(Float32Array.from(given.sample), [1, ...given.inputShape])
      const readOut = given.layers.at(-1)?.shape[0] === 1 ? 'sigmoid' : 'softmax'
      question = { backend, model, compiled, readOut, input, target: given.target }
    })
    afterAll(() => {
      if (backend === null) return
      question.input.dispose()
      compiled.dispose()
    })
    /** A backend that is not here tests nothing; which one was left out is told. */
    const testHere = (name: string, check: () => void | Promise<void>) =>
      test(name, async ({ skip }) => {
        if (backend === null) skip()
        await check()
      })

    testHere('has its kernels with the axes in the right order, and its maps, to 1e-5', () => {
      const { readOut, input } = question
      const { maps, prediction } = lookInto(backend as Backend, compiled, readOut, input, compiled.order)
      for (const [index, { layer, shape, map, weights }] of given.layers.entries()) {
        const found = maps.find(({ node }) => node === idOf(index))
        expect({ layer, shape: found?.shape }).toEqual({ layer, shape })
        const difference = differenceOf(found?.data ?? [], map)
        expect({ layer, difference, ok: difference <= 1e-5 }).toMatchObject({ ok: true })
        const [kernel] = kernelsOf(compiled, [idOf(index)])
        if (kernel !== undefined)
          expect(differenceOf(kernel.data, weights['kernel'] ?? weights['depthwiseKernel'] ?? [])).toBeLessThanOrEqual(
            1e-7,
          )
      }
      expect(differenceOf(prediction, given.layers.at(-1)?.map ?? [])).toBeLessThanOrEqual(1e-5)
    })

    testHere('has its gradient saliency', () => {
      const { score, shape, values, signed } = saliency(question)
      expect(shape).toEqual(given.inputShape.slice(0, -1))
      expect(Math.abs(score - given.saliency.score)).toBeLessThanOrEqual(1e-5)
      expect(differenceOf(signed ?? [], given.saliency.signed)).toBeLessThanOrEqual(1e-5)
      expect(differenceOf(values, given.saliency.signed.map(Math.abs))).toBeLessThanOrEqual(1e-5)
    })

    testHere('has its Grad-CAM of the last convolution, before and after it is enlarged', () => {
      const node = lastConvolution(model, compiled)
      expect(node).toBe(idOf(given.gradCam.layer))
      const { source, values } = gradCam(question, node as string)
      expect(given.gradCam.map.some((value) => value > 0.01)).toBe(true)
      expect(differenceOf(source?.values ?? [], given.gradCam.map)).toBeLessThanOrEqual(1e-5)
      expect(differenceOf(values, given.gradCam.values)).toBeLessThanOrEqual(1e-5)
    })

    testHere('has its occlusion map', async () => {
      const tensors = (backend as Backend).tf.memory().numTensors
      const found = await occlusion(question, given.occlusion, async () => true)
      expect(differenceOf(found?.values ?? [], given.occlusion.values)).toBeLessThanOrEqual(1e-5)
      expect((backend as Backend).tf.memory().numTensors).toBe(tensors)
    })
  })
})
