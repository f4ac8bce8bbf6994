import { expect, test } from 'vitest'
import type { Plane } from '../../ui/tensor-picture.ts'
import { inputsOfSlice, limitOfPlanes, slicePlane } from './slice-plane.ts'

const numbers = ({ width, height, at }: Plane) =>
  Array.from({ length: height }, (_, row) => Array.from({ length: width }, (_, column) => at(row, column)))
const counted = (length: number) => Float32Array.from({ length }, (_, index) => index)
const view = { what: 'kernels', input: 0, folded: null } as const

test('a filter over two channels is one slice or the sum of both', () => {
  const slice = { shape: [2, 2, 2], data: counted(8) }
  expect(numbers(slicePlane(slice, { ...view, input: 1 }))).toEqual([
    [1, 3],
    [5, 7],
  ])
  expect(numbers(slicePlane(slice, { ...view, input: 'sum' }))).toEqual([
    [1, 5],
    [9, 13],
  ])
  expect(inputsOfSlice([2, 2, 2], null)).toBe(2)
})

test('a dense unit’s weights take the form of what was made flat, or make one row', () => {
  const slice = { shape: [6], data: counted(6) }
  expect(numbers(slicePlane(slice, { ...view, folded: [2, 3, 1] }))).toEqual([
    [0, 1, 2],
    [3, 4, 5],
  ])
  expect(numbers(slicePlane(slice, { ...view, folded: [2, 2, 1] }))).toEqual([
    [0, 1, 2, 3, 4, 5],
    [0, 1, 2, 3, 4, 5],
  ])
})

test('a map is as it is, a series’ map a row high enough to be seen, a unit one cell', () => {
  const maps = { ...view, what: 'maps' } as const
  expect(numbers(slicePlane({ shape: [2, 2], data: counted(4) }, maps))).toEqual([
    [0, 1],
    [2, 3],
  ])
  const series = slicePlane({ shape: [8], data: counted(8) }, maps)
  expect([series.width, series.height, series.at(1, 7)]).toEqual([8, 2, 7])
  expect(numbers(slicePlane({ shape: [], data: Float32Array.of(5) }, maps))).toEqual([[5]])
})

test('all moments share the scale of the largest number', () => {
  const of = (value: number) => slicePlane({ shape: [1, 1], data: Float32Array.of(value) }, { ...view, what: 'maps' })
  expect(limitOfPlanes([of(1), of(-3), of(2)])).toBe(3)
})
