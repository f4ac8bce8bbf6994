import { expect, test } from 'vitest'
import type { NodeTensor } from '../training/probe.ts'
import { layOutStages, writeFigure } from './stages-figure.ts'

const tensor = (node: string, shape: readonly number[]): NodeTensor => ({
  node,
  shape,
  data: new Float32Array(shape.reduce((product, length) => product * length, 1)),
})
const maps = [tensor('in', [32, 32, 3]), tensor('c1', [32, 32, 6]), tensor('c3', [2, 2, 120]), tensor('fc', [84])]
const figure = layOutStages({
  stages: [
    { node: 'in', name: 'in' },
    { node: 'c1', name: 'C1' },
    { node: 'c3', name: 'C3' },
    { node: 'fc', name: 'FC84' },
  ],
  samples: ['cat', 'dog <3'].map((title) => ({ title, maps, answer: `${title} 90 %` })),
  someOf: (shown, all) => `${shown} of ${all}`,
})

test('a figure has a row for each stage and a block for each sample, and nothing lies over anything else or outside', () => {
  const of = (node: string) => figure.planes.filter((plane) => plane.tensor.node === node)
  expect([of('in').length, of('c1').length, of('c3').length, of('fc').length]).toEqual([2, 12, 48, 2])
  expect(of('in').map(({ channel }) => channel)).toEqual([null, null])
  const words = figure.texts.map(({ text }) => text)
  expect(words).toEqual(expect.arrayContaining(['C1', '32×32×6', 'C3', '24 of 120', 'FC84', 'cat', 'dog <3 90 %']))
  for (const [index, one] of figure.planes.entries()) {
    expect(one.x >= 0 && one.y >= 0 && one.x + one.width <= figure.width && one.y + one.height <= figure.height).toBe(
      true,
    )
    for (const other of figure.planes.slice(index + 1)) {
      const apart =
        one.x + one.width <= other.x + 1e-6 ||
        other.x + other.width <= one.x + 1e-6 ||
        one.y + one.height <= other.y + 1e-6 ||
        other.y + other.height <= one.y + 1e-6
      expect(apart).toBe(true)
    }
  }
})

test('as SVG it has every plane as an image, and words that could be markup are escaped', () => {
  const svg = writeFigure(figure, ({ tensor: { node } }) => `data:${node}`)
  expect(svg.match(/<image /g)).toHaveLength(figure.planes.length)
  expect(svg).toContain('dog &#60;3')
  expect(svg).not.toContain('dog <3')
})
