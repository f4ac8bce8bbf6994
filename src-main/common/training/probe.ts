import type { PictureRef } from '../data/dataset.ts'
import type { Shape } from '../graph/graph.ts'

/** Numbers of one node, row-major. Maps have the node's output shape; kernels [height, width, in, out] or [steps, in, out]. */
export interface NodeTensor {
  readonly node: string
  readonly shape: Shape
  readonly data: Float32Array
}

/** One of a node's weights, by the layer's own word for it, such as "kernel" or "movingMean". */
export interface NodeWeight extends NodeTensor {
  readonly name: string
}

/** The nodes of a model whose maps, whose kernels and all of whose weights are in view. */
export interface ModelView {
  readonly model: string
  readonly maps: readonly string[]
  readonly kernels: readonly string[]
  readonly weights: readonly string[]
}

/** What a model makes of one picture at one moment; nothing has a batch axis. */
export interface Probe {
  readonly model: string
  /** Steps trained so far; 0 is untrained. */
  readonly step: number
  /** Epochs finished so far. */
  readonly epoch: number
  readonly picture: PictureRef
  readonly maps: readonly NodeTensor[]
  readonly kernels: readonly NodeTensor[]
  /** All weights of the nodes whose sums are looked at. */
  readonly weights: readonly NodeWeight[]
  /** The last layer's output: class probabilities (one number for a binary task), or the predicted value. */
  readonly prediction: readonly number[]
}
