import type { InitializerName } from '../../common/layers/define.ts'
import type { TensorLibrary, tf } from '../backends/tensor-library.ts'
import { randomSource } from '../random.ts'

type Initializer = ReturnType<typeof tf.initializers.zeros>

/** How many inputs and outputs one weight connects; a kernel's last two axes are in and out, the axes before its window. */
function fans(shape: readonly number[]): { readonly inputs: number; readonly outputs: number } {
  if (shape.length < 2) return { inputs: shape[0] ?? 1, outputs: shape[0] ?? 1 }
  const window = shape.slice(0, -2).reduce((product, length) => product * length, 1)
  return { inputs: window * (shape.at(-2) ?? 1), outputs: window * (shape.at(-1) ?? 1) }
}

/** Cutting a normal distribution at two deviations narrows it by this factor. */
const truncatedDeviation = 0.8796256610342398

/** The values of a fresh weight, by Keras 3's rules (variance scaling), from a seed alone. */
export function initialValues(name: InitializerName, shape: readonly number[], seed: number): Float32Array {
  const values = new Float32Array(shape.reduce((product, length) => product * length, 1))
  if (name === 'zeros') return values
  if (name === 'ones') return values.fill(1)
  const { inputs, outputs } = fans(shape)
  const variance = {
    glorotUniform: 2 / (inputs + outputs),
    glorotNormal: 2 / (inputs + outputs),
    heUniform: 2 / inputs,
    heNormal: 2 / inputs,
    lecunNormal: 1 / inputs,
  }[name]
  const random = randomSource(seed)
  if (name === 'glorotUniform' || name === 'heUniform') {
    const limit = Math.sqrt(3 * variance)
    for (let index = 0; index < values.length; index++) values[index] = random.between(-limit, limit)
    return values
  }
  const deviation = Math.sqrt(variance) / truncatedDeviation
  for (let index = 0; index < values.length; index++) {
    let value = random.normal()
    while (Math.abs(value) > 2) value = random.normal()
    values[index] = value * deviation
  }
  return values
}

/** A tfjs initialiser that gives those values: tfjs's own draw differently on each backend. */
export function seededInitializer(library: TensorLibrary, name: InitializerName, seed: number): Initializer {
  const initializer = library.initializers.zeros()
  initializer.apply = (shape) => {
    const sizes = shape as number[]
    return library.tensor(initialValues(name, sizes, seed), sizes)
  }
  return initializer
}
