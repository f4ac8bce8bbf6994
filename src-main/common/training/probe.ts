import type { PictureRef } from '../data/dataset.ts'
import type { Shape } from '../graph/graph.ts'

/** Numbers of one node, row-major. Maps have the node's output shape; kernels [height, width, in, out] or [steps, in, out]. */
export interface NodeTensor {
  readonly node: string
  readonly shape: Shape
  readonly data: Float32Array
}

/** The nodes of a model whose maps and whose kernels are in view. */
export interface ModelView {
  readonly model: string
  readonly maps: readonly string[]
  readonly kernels: readonly string[]
}

/** What a model makes of one picture at one moment; neither maps nor kernels have a batch axis. */
export interface Probe {
  readonly model: string
  /** Steps trained so far; 0 is untrained. */
  readonly step: number
  /** Epochs finished so far. */
  readonly epoch: number
  readonly picture: PictureRef
  readonly maps: readonly NodeTensor[]
  readonly kernels: readonly NodeTensor[]
  /** The last layer's output: class probabilities (one number for a binary task), or the predicted value. */
  readonly prediction: readonly number[]
}
