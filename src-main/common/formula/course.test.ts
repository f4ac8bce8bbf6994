import { describe, expect, test } from 'vitest'
import type { Params } from '../graph/graph.ts'
import type { Values } from '../layers/cells/cell.ts'
import { definitionOf } from '../layers/registry.ts'
import { computeLayer } from './compute-layer.ts'

/** Rows of numbers apart by "/", as the course prints them, as a picture of one channel. */
function picture(text: string): Values {
  const rows = text.split('/').map((row) => row.trim().split(/\s+/).map(Number))
  return { shape: [rows.length, rows[0]!.length, 1], data: rows.flat() }
}

/** Pictures of one channel each as one of several, or kernels as one filter over several channels. */
function channels(texts: readonly string[]): Values {
  const planes = texts.map(picture)
  const [height, width] = planes[0]!.shape as readonly [number, number, number]
  const data = Array.from({ length: height * width }, (_, cell) => planes.map((plane) => plane.data[cell]!)).flat()
  return { shape: [height, width, texts.length], data }
}

function kernel(...texts: readonly string[]): Values {
  const { shape, data } = channels(texts)
  return { shape: [...shape, 1], data }
}

function rowsOf({ shape, data }: Values): readonly (readonly number[])[] {
  const [height, width] = shape as readonly [number, number, number]
  return Array.from({ length: height }, (_, row) =>
    Array.from({ length: width }, (_, column) => data[row * width + column]!),
  )
}

/** One filter without activation. */
const plain: Params = { filters: 1, activation: 'linear', kernelSize: 3 }

describe('what students compute by hand', () => {
  test('a 5×5 picture convolved by a 3×3 kernel', () => {
    const image = picture('1 1 1 0 0 / 0 1 1 1 0 / 0 0 1 1 1 / 0 0 1 1 0 / 0 1 1 0 0')
    const map = computeLayer('conv2d', plain, [image], { kernel: kernel('1 0 1 / 0 1 0 / 1 0 1') })
    expect(rowsOf(map)).toEqual([
      [4, 3, 4],
      [2, 4, 3],
      [2, 3, 4],
    ])
  })

  test('the first cell of a vertical edge filter, product by product', () => {
    const image = picture('7 2 3 3 8 / 4 5 3 8 4 / 3 3 2 8 4 / 2 8 7 2 7 / 5 4 4 5 4')
    const edges = kernel('1 0 -1 / 1 0 -1 / 1 0 -1')
    const formula = definitionOf('conv2d').cell!(plain).explain({
      at: [0, 0, 0],
      inputs: [image],
      output: [3, 3, 1],
      weight: (name) => (name === 'kernel' ? edges : null),
    })
    const written = formula.groups[0]!.terms.map(({ value, weight }) => `${value}·${weight}`)
    expect(written).toEqual(['7·1', '2·0', '3·-1', '4·1', '5·0', '3·-1', '3·1', '3·0', '2·-1'])
    expect(formula.value).toBe(6)
  })

  test('three channels to one map, in the corner that is padded with zeros', () => {
    const image = channels(['156 155 / 153 154', '167 166 / 164 165', '163 162 / 160 161'])
    const weights: Readonly<Record<string, Values>> = {
      kernel: kernel('-1 -1 1 / 0 1 -1 / 0 1 1', '1 0 0 / 1 -1 -1 / 1 0 -1', '0 1 1 / 0 1 0 / 1 -1 1'),
      bias: { shape: [1], data: [1] },
    }
    const { groups, bias, value } = definitionOf('conv2d').cell!({ ...plain, padding: 'same' }).explain({
      at: [0, 0, 0],
      inputs: [image],
      output: [2, 2, 1],
      weight: (name) => weights[name] ?? null,
    })
    expect({ sums: groups.map(({ sum }) => sum), bias, value }).toEqual({ sums: [308, -498, 164], bias: 1, value: -25 })
    expect(groups[0]!.terms.filter(({ at }) => at === null)).toHaveLength(5)
  })

  test.each([
    {
      name: '2×2 with stride 2 on 8×8',
      params: {},
      image:
        '7 8 6 8 6 6 6 7 / 8 6 8 9 5 5 7 7 / 8 7 8 7 7 6 6 6 / 7 7 6 7 6 5 6 5 / 7 6 7 8 6 5 5 4 / 6 6 7 6 5 5 4 4 / 6 6 6 6 5 5 4 3 / 5 5 5 5 4 4 3 3',
      pooled: '8 9 6 7 / 8 8 7 6 / 7 8 6 5 / 6 6 5 4',
    },
    {
      name: '2×2 with stride 2 on 4×4',
      params: {},
      image: '1 2 1 0 / 0 1 2 3 / 3 0 1 2 / 2 4 0 1',
      pooled: '2 3 / 4 2',
    },
    {
      name: '3×3 with stride 1',
      params: { poolSize: 3, strides: 1 },
      image: '3 3 2 1 0 / 0 0 1 3 1 / 3 1 2 2 3 / 2 0 0 2 2 / 2 0 0 0 1',
      pooled: '3 3 3 / 3 3 3 / 3 2 3',
    },
    {
      name: '2×2 of larger numbers',
      params: {},
      image: '1 4 8 3 / 6 9 2 1 / 11 13 6 7 / 8 19 8 2',
      pooled: '9 8 / 19 8',
    },
  ])('max pooling, $name', ({ params, image, pooled }) => {
    expect(rowsOf(computeLayer('maxPooling2d', params, [picture(image)]))).toEqual(rowsOf(picture(pooled)))
  })

  test.each([
    { length: 28, kernelSize: 5, padding: 2, strides: 1, expected: 28 },
    { length: 7, kernelSize: 3, padding: 0, strides: 1, expected: 5 },
    { length: 7, kernelSize: 3, padding: 0, strides: 2, expected: 3 },
    { length: 5, kernelSize: 3, padding: 0, strides: 2, expected: 2 },
  ])('the size (D − F + 2P)/S + 1 of $length, $kernelSize, $padding, $strides', (given) => {
    const { length, kernelSize, padding, strides, expected } = given
    const padded = definitionOf('zeroPadding2d').outputShape([[length, length, 1]], { padding })
    expect(definitionOf('conv2d').outputShape([padded], { filters: 1, kernelSize, strides })).toEqual([
      expected,
      expected,
      1,
    ])
  })

  test.each([
    { input: [32, 32, 3], weights: 5 * 5 * 3 },
    { input: [128, 128, 10], weights: 5 * 5 * 10 },
  ])('one map a filter, each as deep as its input of $input', ({ input, weights }) => {
    const params = { filters: 6, kernelSize: 5, useBias: false }
    expect(definitionOf('conv2d').outputShape([input], params).at(-1)).toBe(6)
    expect(definitionOf('conv2d').weightCount([input], params)).toBe(6 * weights)
  })
})
