import type { TensorSlice } from '../../../src-main/common/contract.ts'
import type { Shape } from '../../../src-main/common/graph/graph.ts'
import type { Plane } from '../../ui/tensor-picture.ts'
import { kernelPlane, limitOf, mapPlane } from '../../ui/tensor-picture.ts'

/** So high is what has one row only, as a share of its width. */
const ROW_HEIGHT = 0.25

interface SliceView {
  readonly what: 'kernels' | 'maps'
  /** Of a kernel: one input channel, from 0, or the sum over all. */
  readonly input: number | 'sum'
  /** What a dense layer's inputs were before they were made flat. */
  readonly folded: Shape | null
}

/** One filter's kernel [height, width, in], [steps, in] or [in], or one map [height, width], [steps] or [], as a picture. */
export function slicePlane({ shape, data }: TensorSlice, { what, input, folded }: SliceView): Plane {
  if (what === 'maps') return withHeight(mapPlane(shape.length === 2 ? [...shape, 1] : [...shape, 1], data, 0))
  const laidOut = kernelShape(shape, folded)
  if (input !== 'sum') return withHeight(kernelPlane(laidOut, data, input, 0))
  const planes = Array.from({ length: inputsOfSlice(shape, folded) }, (_, one) => kernelPlane(laidOut, data, one, 0))
  const { width = 1, height = 1 } = planes[0] ?? {}
  return withHeight({ width, height, at: (row, column) => planes.reduce((sum, one) => sum + one.at(row, column), 0) })
}

/** How many input channels a filter's kernel has. */
export function inputsOfSlice(shape: Shape, folded: Shape | null): number {
  return kernelShape(shape, folded).at(-2) ?? 1
}

/** As a convolution's kernel with one filter. */
function kernelShape(shape: Shape, folded: Shape | null): Shape {
  if (shape.length > 1) return [...shape, 1]
  const [inputs = 1] = shape
  const fits = folded?.reduce((product, length) => product * length, 1) === inputs
  return folded && fits && folded.length > 1 ? [...folded, 1] : [inputs, 1, 1]
}

function withHeight(plane: Plane): Plane {
  if (plane.height > 1 || plane.width === 1) return plane
  return { ...plane, height: Math.max(1, Math.round(plane.width * ROW_HEIGHT)), at: (_, column) => plane.at(0, column) }
}

/** The largest absolute value of all planes: the same scale for a filter's whole life. */
export function limitOfPlanes(planes: readonly Plane[]): number {
  return planes.reduce((limit, { width, height, at }) => {
    const values = Float32Array.from({ length: width * height }, (_, index) =>
      at(Math.floor(index / width), index % width),
    )
    return Math.max(limit, limitOf(values))
  }, 0)
}
