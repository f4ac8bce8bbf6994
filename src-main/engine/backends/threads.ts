import type { StepSize } from '../../common/training/step-size.ts'

/** Up to here one thread an op was faster, measured over the templates; a large batch is worth sharing whatever the model. */
const smallMultiplyAdds = 50e6
const smallBatch = 64

/**
 * Whether each op of a step shall run on one thread, while several ops still run side by side: where ops are short,
 * sharing one costs more than it gives (LeNet-5 at 32: 10 %, a Conv1D over 288 steps: 45 %).
 */
export function wantsOneThreadAnOp({ batch, multiplyAdds }: StepSize): boolean {
  return batch <= smallBatch && multiplyAdds <= smallMultiplyAdds
}

/** Has to run before TensorFlow is loaded. What the user has set stays. */
export function chooseThreads(size: StepSize): void {
  if (wantsOneThreadAnOp(size)) process.env['TF_NUM_INTRAOP_THREADS'] ??= '1'
}
