import type { Backend } from '../backends/backend.ts'
import type { tf } from '../backends/tensor-library.ts'
import { deriveSeed, randomSource } from '../random.ts'

/** Which step is being trained: the noise layers of a model draw from it, so a step's mask never depends on the steps before. */
export interface NoiseClock {
  step: number
}

interface NoiseOptions {
  readonly backend: Backend
  readonly clock: NoiseClock
  readonly seed: number
  readonly name: string
}

/** Uniform numbers of 0…1 from (seed, step); by TensorFlow itself where it is native. */
function uniformNoise({ backend, clock, seed }: NoiseOptions, shape: readonly number[], purpose: number): tf.Tensor {
  if (backend.native) return backend.native.statelessUniform(shape, [seed ^ purpose, clock.step])
  const random = randomSource(deriveSeed(seed, purpose, clock.step))
  const values = new Float32Array(shape.reduce((product, length) => product * length, 1))
  for (let index = 0; index < values.length; index++) values[index] = random.uniform()
  return backend.tf.tensor(values, [...shape])
}

function onlyWhileTraining(
  options: NoiseOptions,
  className: string,
  applyNoise: (x: tf.Tensor) => tf.Tensor,
): tf.layers.Layer {
  const { Layer } = options.backend.tf.layers
  class NoiseLayer extends Layer {
    static className = className
    override computeOutputShape(shape: tf.Shape | tf.Shape[]): tf.Shape | tf.Shape[] {
      return shape
    }
    override call(inputs: tf.Tensor | tf.Tensor[], kwargs: { readonly training?: boolean }): tf.Tensor {
      const x = Array.isArray(inputs) ? (inputs[0] as tf.Tensor) : inputs
      return kwargs.training === true ? options.backend.tf.tidy(() => applyNoise(x)) : x
    }
  }
  return new NoiseLayer({ name: options.name })
}

/** Zeroes a share of the values while training and scales the rest up by 1 / (1 − rate). */
export function seededDropout(options: NoiseOptions, rate: number): tf.layers.Layer {
  const library = options.backend.tf
  return onlyWhileTraining(options, 'SeededDropout', (x) => {
    if (rate <= 0) return x.clone()
    const { backend, clock, seed } = options
    const kept = backend.native
      ? backend.native.statelessMask(x.shape, rate, [seed, clock.step])
      : library.greaterEqual(uniformNoise(options, x.shape, 0), rate).toFloat()
    return library.mul(x, library.mul(kept, 1 / (1 - rate)))
  })
}

/** Adds normal noise while training. */
export function seededGaussianNoise(options: NoiseOptions, stddev: number): tf.layers.Layer {
  const library = options.backend.tf
  return onlyWhileTraining(options, 'SeededGaussianNoise', (x) => {
    // Box–Muller; 1 − u keeps the logarithm's argument above zero.
    const radius = library.sqrt(library.mul(library.log(library.sub(1, uniformNoise(options, x.shape, 1))), -2))
    const angle = library.mul(uniformNoise(options, x.shape, 2), 2 * Math.PI)
    return library.add(x, library.mul(library.mul(radius, library.cos(angle)), stddev))
  })
}
