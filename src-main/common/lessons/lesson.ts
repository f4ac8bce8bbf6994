import type { Params } from '../graph/graph.ts'
import type { Values } from '../layers/cells/cell.ts'
import type { Text } from '../layers/text.ts'

/** A plane of numbers, row by row. */
export type Rows = readonly (readonly number[])[]

/** An operation on a few numbers that can be computed by hand, on the code that serves real networks. */
export interface Lesson {
  readonly id: string
  readonly title: Text
  /** What to look at and to try. */
  readonly about: Text
  readonly layer: 'conv2d' | 'maxPooling2d'
  /** The figures to begin with; free to change. */
  readonly starts: readonly LessonStart[]
}

export interface LessonStart {
  readonly title: Text
  /** A plane for each channel. */
  readonly picture: readonly Rows[]
  /** A plane for each channel; null where nothing is multiplied. */
  readonly kernel: readonly Rows[] | null
  readonly bias: number
  readonly size: number
  readonly strides: number
  readonly padding: 'valid' | 'same'
}

/** A lesson's numbers as `computeLayer` and a layer's cell rule take them. */
export interface LessonNumbers {
  readonly params: Params
  readonly input: Values
  readonly weights: Readonly<Record<string, Values>>
}

export function lessonNumbers(layer: Lesson['layer'], start: Omit<LessonStart, 'title'>): LessonNumbers {
  const { picture, kernel, bias, size, strides, padding } = start
  const input = stack(picture)
  if (layer === 'maxPooling2d') return { params: { poolSize: size, strides, padding }, input, weights: {} }
  const { shape, data } = stack(kernel ?? [])
  return {
    params: { filters: 1, kernelSize: [shape[0] ?? 1, shape[1] ?? 1], strides, padding, activation: 'linear' },
    input,
    weights: { kernel: { shape: [...shape, 1], data }, bias: { shape: [1], data: [bias] } },
  }
}

/** Rows of numbers apart by "/", as they are printed in a course: "1 0 1 / 0 1 0". */
export function rowsOf(text: string): Rows {
  return text.split('/').map((row) => row.trim().split(/\s+/).map(Number))
}

function stack(planes: readonly Rows[]): Values {
  const [height, width] = [planes[0]?.length ?? 0, planes[0]?.[0]?.length ?? 0]
  const data = Array.from({ length: height * width }, (_, cell) =>
    planes.map((plane) => plane[Math.floor(cell / width)]?.[cell % width] ?? 0),
  ).flat()
  return { shape: [height, width, planes.length], data }
}
