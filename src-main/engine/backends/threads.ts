/** Has to run before TensorFlow is loaded: each op of a step on one thread. What the user has set stays. */
export function takeOneThreadAnOp(): void {
  process.env['TF_NUM_INTRAOP_THREADS'] ??= '1'
}
