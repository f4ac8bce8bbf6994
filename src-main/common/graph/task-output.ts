import type { Activation } from '../layers/shared-params.ts'
import type { DatasetDescriptor } from '../data/dataset.ts'
import type { TaskContext } from './analysis.ts'

/** What a data set asks of every model. */
export function taskOf({ shape, task, classes }: Pick<DatasetDescriptor, 'shape' | 'task' | 'classes'>): TaskContext {
  const outputUnits = task === 'regression' || classes.length === 2 ? 1 : classes.length
  return { inputShape: shape, outputUnits, task }
}

/** The activation that the last layer needs: linear for values, sigmoid for one unit, softmax for several classes. */
export function outputActivation(task: TaskContext['task'], units: number): Activation {
  if (task === 'regression') return 'linear'
  return units === 1 ? 'sigmoid' : 'softmax'
}
