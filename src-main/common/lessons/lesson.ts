import type { DataSource } from '../data/dataset.ts'
import type { Model, Params } from '../graph/graph.ts'
import type { Values } from '../layers/cells/cell.ts'
import type { Text } from '../layers/text.ts'

/** A plane of numbers, row by row. */
export type Rows = readonly (readonly number[])[]

interface LessonTexts {
  readonly id: string
  readonly title: Text
  /** One sentence: what one will see. */
  readonly sees: Text
  /** How it comes about, and what can be changed. */
  readonly about: Text
  /** What can be answered by trying. */
  readonly question: Text
}

/** An operation on a few numbers that can be computed by hand, on the code that serves real networks. */
export interface WindowLesson extends LessonTexts {
  readonly kind: 'window'
  readonly layer: 'conv2d' | 'maxPooling2d' | 'conv1d'
  /** The figures to begin with; free to change. */
  readonly starts: readonly LessonStart[]
}

/** How many windows fit on an axis. */
export interface SizeLesson extends LessonTexts {
  readonly kind: 'size'
  readonly starts: readonly SizeStart[]
}

/** How deep a filter is, and how many maps come out. */
export interface DepthLesson extends LessonTexts {
  readonly kind: 'depth'
  readonly starts: readonly DepthStart[]
}

/** A kernel drawn by hand, over a picture through C-P-C-P. */
export interface KernelLesson extends LessonTexts {
  readonly kind: 'kernel'
  readonly presets: readonly { readonly title: Text; readonly kernel: Rows }[]
}

/** A digit that is moved, before a dense layer and a convolution. */
export interface ShiftLesson extends LessonTexts {
  readonly kind: 'shift'
}

/** What a dense layer on a whole picture costs, beside a convolution. */
export interface DenseLesson extends LessonTexts {
  readonly kind: 'dense'
  readonly starts: readonly DenseStart[]
}

/** A series cut into windows to look back on. */
export interface LookBackLesson extends LessonTexts {
  readonly kind: 'look-back'
  readonly starts: readonly LookBackStart[]
}

export type Lesson = WindowLesson | SizeLesson | DepthLesson | KernelLesson | ShiftLesson | DenseLesson | LookBackLesson

export interface LessonStart {
  readonly title: Text
  /** A plane for each channel; a series is one row. */
  readonly picture: readonly Rows[]
  /** A plane for each channel; null where nothing is multiplied. */
  readonly kernel: readonly Rows[] | null
  readonly bias: number
  readonly size: number
  readonly strides: number
  readonly padding: 'valid' | 'same'
}

export interface SizeStart {
  readonly title: Text
  readonly length: number
  readonly size: number
  /** Zeros on each side. */
  readonly padding: number
  readonly stride: number
}

export interface DepthStart {
  readonly title: Text
  /** Height and width. */
  readonly side: number
  readonly channels: number
  readonly size: number
  readonly filters: number
}

export interface DenseStart {
  readonly title: Text
  readonly side: number
  readonly channels: number
  readonly units: number
  readonly filters: number
  readonly size: number
}

export interface LookBackStart {
  readonly title: Text
  readonly rows: number
  readonly lookBack: number
  readonly horizon: number
  readonly stride: number
  /** Share of the windows, at the end. */
  readonly testShare: number
}

/** What a lesson's figures are as networks of a project. */
export interface LessonProject {
  readonly models: readonly Model[]
  readonly dataset: DataSource | null
}

/** A lesson's numbers as `computeLayer` and a layer's cell rule take them. */
export interface LessonNumbers {
  readonly params: Params
  readonly input: Values
  readonly weights: Readonly<Record<string, Values>>
}

export function lessonNumbers(layer: WindowLesson['layer'], start: Omit<LessonStart, 'title'>): LessonNumbers {
  const { picture, kernel, bias, size, strides, padding } = start
  const input = stack(picture)
  if (layer === 'maxPooling2d') return { params: { poolSize: size, strides, padding }, input, weights: {} }
  const { shape, data } = stack(kernel ?? [])
  const rest = { strides, padding, activation: 'linear', filters: 1 }
  const weightBias = { shape: [1], data: [bias] }
  if (layer === 'conv1d')
    return {
      params: { ...rest, kernelSize: shape[1] ?? 1 },
      input: { shape: input.shape.slice(1), data: input.data },
      weights: { kernel: { shape: [...shape.slice(1), 1], data }, bias: weightBias },
    }
  return {
    params: { ...rest, kernelSize: [shape[0] ?? 1, shape[1] ?? 1] },
    input,
    weights: { kernel: { shape: [...shape, 1], data }, bias: weightBias },
  }
}

/** Rows of numbers apart by "/", as they are printed in a course: "1 0 1 / 0 1 0". */
export function rowsOf(text: string): Rows {
  return text.split('/').map((row) => row.trim().split(/\s+/).map(Number))
}

/** Planes [height, width] as one tensor [height, width, channels]. */
export function stack(planes: readonly Rows[]): Values {
  const [height, width] = [planes[0]?.length ?? 0, planes[0]?.[0]?.length ?? 0]
  const data = Array.from({ length: height * width }, (_, cell) =>
    planes.map((plane) => plane[Math.floor(cell / width)]?.[cell % width] ?? 0),
  ).flat()
  return { shape: [height, width, planes.length], data }
}
