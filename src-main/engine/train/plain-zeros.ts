/** Numbers for whoever looks, in place: ReLU gives −0 in some of TensorFlow's kernels and 0 in others. */
export function plainZeros(values: Float32Array): Float32Array {
  for (let index = 0; index < values.length; index++) if (values[index] === 0) values[index] = 0
  return values
}
