import type { NodeTensor } from '../../src-main/common/training/probe.ts'
import { placeOf } from '../../src-main/common/layers/cells/cell.ts'

const axisNames: Readonly<Record<'maps' | 'kernels', Readonly<Record<number, readonly string[]>>>> = {
  maps: { 1: ['unit'], 2: ['step', 'channel'], 3: ['row', 'column', 'channel'] },
  kernels: {
    2: ['input', 'unit'],
    3: ['step', 'input', 'filter'],
    4: ['row', 'column', 'input', 'filter'],
  },
}

/** A tensor as CSV: a line for each number, after its place counted from 1, in row-major order. */
export function tensorCsv({ shape, data }: NodeTensor, what: 'maps' | 'kernels'): string {
  const names = axisNames[what][shape.length] ?? shape.map((_, axis) => `axis ${axis + 1}`)
  const lines = Array.from(data, (value, offset) => [...placeOf(shape, offset).map((index) => index + 1), value].join())
  return [`${names.join()},value`, ...lines, ''].join('\n')
}
