import { describe, expect, test } from 'vitest'
import type { Params, Shape } from '../graph/graph.ts'
import { ShapeMismatch } from './define.ts'
import { definitionOf, layerTypes } from './registry.ts'
import type { LayerType } from './registry.ts'
import { slidLength } from './window-shapes.ts'

function shapeOf(layer: LayerType, inputs: readonly Shape[], params: Params): Shape | string {
  try {
    return definitionOf(layer).outputShape(inputs, params)
  } catch (error) {
    if (error instanceof ShapeMismatch) return error.code
    throw error
  }
}

describe('the arithmetic of the courses', () => {
  test.each([
    // (D − F + 2P)/S + 1, where a padding of (F − 1)/2 is "same".
    [28, 5, 1, 'same', 28],
    [7, 3, 1, 'valid', 5],
    [7, 3, 2, 'valid', 3],
    [5, 3, 2, 'valid', 2],
  ] as const)('%i by %i, stride %i, %s gives %i', (length, size, stride, padding, expected) => {
    expect(slidLength(length, size, stride, padding)).toBe(expected)
  })

  test.each<readonly [what: string, layer: LayerType, input: Shape, params: Params, output: Shape]>([
    ['5×5 by 3×3', 'conv2d', [5, 5, 1], { filters: 1, kernelSize: 3 }, [3, 3, 1]],
    ['8×8 max pooling 2×2', 'maxPooling2d', [8, 8, 1], {}, [4, 4, 1]],
    ['4×4 max pooling 2×2', 'maxPooling2d', [4, 4, 1], {}, [2, 2, 1]],
    ['5×5 max pooling 3×3, stride 1', 'maxPooling2d', [5, 5, 1], { poolSize: 3, strides: 1 }, [3, 3, 1]],
    ['32×32×3 by six 5×5×3', 'conv2d', [32, 32, 3], { filters: 6, kernelSize: 5 }, [28, 28, 6]],
    ['128×128×10 by one 5×5×10', 'conv2d', [128, 128, 10], { filters: 1, kernelSize: 5 }, [124, 124, 1]],
    ['a look-back of 288', 'conv1d', [288, 1], { filters: 32, kernelSize: 6, padding: 'same' }, [288, 32]],
    ['256×256 by 5×5 same', 'conv2d', [256, 256, 1], { filters: 1, kernelSize: 5, padding: 'same' }, [256, 256, 1]],
    ['256×256 pooled', 'maxPooling2d', [256, 256, 1], {}, [128, 128, 1]],
  ])('%s', (_, layer, input, params, output) => {
    expect(shapeOf(layer, [input], params)).toEqual(output)
  })

  test('the depth of a filter follows the input, the number of maps the filters', () => {
    const { weightCount, formula } = definitionOf('conv2d')
    expect(
      [3, 10].map((channels) => [channels, weightCount([[128, 128, channels]], { filters: 1, kernelSize: 5 })]),
    ).toEqual([
      [3, 76],
      [10, 251],
    ])
    expect(formula!([[128, 128, 10]], { filters: 4, kernelSize: 5 })).toBe('4·(5·5·10+1)')
  })

  test('a dense unit on a 200×200×3 picture has 120,001 weights', () => {
    expect(definitionOf('dense').weightCount([[120_000]], { units: 1 })).toBe(120_001)
  })
})

describe('every layer', () => {
  test.each(layerTypes)('%s speaks both languages and stands by its defaults', (type) => {
    const definition = definitionOf(type)
    const defaults = Object.fromEntries(Object.entries(definition.params).map(([name, kind]) => [name, kind.default]))
    expect(definition.readParams({})).toEqual({ ok: true, value: defaults })
    expect(definition.readParams(defaults)).toEqual({ ok: true, value: defaults })
    const texts = [definition.title, definition.help, ...Object.values(definition.params).map((kind) => kind.label)]
    expect(texts.filter(({ en, ko }) => en === '' || !/[가-힣]/.test(ko))).toEqual([])
    expect(definition.build === null).toBe(type === 'input')
  })

  test('has a prefix of its own, but for those of the same meaning in one and two dimensions', () => {
    const sharing = new Map<string, string[]>()
    for (const type of layerTypes) {
      const { prefix } = definitionOf(type)
      sharing.set(prefix, [...(sharing.get(prefix) ?? []), type.replace(/[12]d$/, '')])
    }
    expect([...sharing.values()].filter((types) => new Set(types).size > 1)).toEqual([])
  })

  test.each(layerTypes)('%s bears parameters of any kind', (type) => {
    for (const value of ['x', -1, true, null, [], [1.5], {}] as unknown[]) {
      const params = Object.fromEntries(Object.keys(definitionOf(type).params).map((name) => [name, value])) as Params
      const { brief, token, nameNumber } = definitionOf(type)
      expect([typeof brief(params), typeof token(params), typeof nameNumber(params)]).toEqual([
        'string',
        expect.stringMatching(/string|object/),
        expect.stringMatching(/number|object/),
      ])
    }
  })

  test.each<readonly [type: LayerType, params: Params, sentence: string]>([
    ['dense', { units: -3 }, '`units` must be a positive whole number. Received: -3'],
    ['dense', { units: 2.5 }, '`units` must be a positive whole number. Received: 2.5'],
    ['dense', { units: 2_000_000 }, '`units` must be a whole number up to 1000000. Received: 2000000'],
    ['dropout', { rate: 1 }, '`rate` must be a number from 0 to 0.99. Received: 1'],
    [
      'conv2d',
      { kernelSize: [3] },
      '`kernelSize` must be a positive whole number, or a list of 2 of them. Received: [3]',
    ],
    ['conv2d', { padding: 'full' }, '`padding` must be one of valid, same. Received: "full"'],
    ['conv2d', { useBias: 1 }, '`useBias` must be true or false. Received: 1'],
    ['maxPooling2d', { strides: 0 }, '`strides` must be a positive whole number, or a list of 2 of them. Received: 0'],
    [
      'reshape',
      { targetShape: [] },
      '`targetShape` must be a list of one to four positive whole numbers. Received: []',
    ],
    ['flatten', { units: 1 }, '`units` is no parameter of Flatten; it has none.'],
    ['flatten', { toString: 1 }, '`toString` is no parameter of Flatten; it has none.'],
  ])('%s refuses %j in words', (type, params, sentence) => {
    const read = definitionOf(type).readParams(params)
    expect(read.ok ? null : read.faults.map((fault) => fault.text.en)).toEqual([sentence])
  })
})
