import type { BackendStatus } from '../../common/contract.ts'
import type { TensorLibrary, tf } from './tensor-library.ts'

/** An opened backend: the library to compute with and what people are told of it. */
export interface Backend {
  readonly tf: TensorLibrary
  readonly status: BackendStatus
  /** TensorFlow's own ops that tfjs does not offer; null where the backend is not native. */
  readonly native: NativeOps | null
}

/** x, y and dy are [batch, height, width, channels], all else [channels]. */
export interface BatchNormalizationOps {
  readonly forward: (
    x: tf.Tensor4D,
    scale: tf.Tensor1D,
    offset: tf.Tensor1D,
    epsilon: number,
  ) => {
    readonly y: tf.Tensor4D
    readonly mean: tf.Tensor1D
    /** With the divisor n − 1, as TensorFlow gives it. */
    readonly unbiasedVariance: tf.Tensor1D
    /** What the gradient needs. */
    readonly reserve: readonly tf.Tensor[]
  }
  readonly gradient: (
    dy: tf.Tensor4D,
    x: tf.Tensor4D,
    scale: tf.Tensor1D,
    reserve: readonly tf.Tensor[],
    epsilon: number,
  ) => { readonly x: tf.Tensor4D; readonly scale: tf.Tensor1D; readonly offset: tf.Tensor1D }
}

export interface NativeOps {
  /** Uniform numbers of 0…1 that follow from the two seeds alone, drawn by TensorFlow. */
  readonly statelessUniform: (shape: readonly number[], seed: readonly [number, number]) => tf.Tensor
  /** Batch normalisation by the batch's own statistics, in one kernel. */
  readonly batchNormalization: BatchNormalizationOps
  /**
   * 1 with the probability 1 − rate, else 0; follows from the two seeds alone. Drawn from 8 random bits a value where that
   * is exact, else 16 (rates to 2⁻¹⁶): drawing 32 takes as long as a convolution.
   */
  readonly statelessMask: (shape: readonly number[], rate: number, seed: readonly [number, number]) => tf.Tensor
}
