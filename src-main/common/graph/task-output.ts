import type { Activation } from '../layers/shared-params.ts'
import type { TaskContext } from './analysis.ts'

/** The activation that the last layer needs: linear for values, sigmoid for one unit, softmax for several classes. */
export function outputActivation(task: TaskContext['task'], units: number): Activation {
  if (task === 'regression') return 'linear'
  return units === 1 ? 'sigmoid' : 'softmax'
}
