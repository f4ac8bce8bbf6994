import type { DatasetDescriptor } from './dataset.ts'

/** How a data set is written out again: CIFAR-10's binary files, or PNG files in a folder for each class. */
export const exportForms = ['pictures', 'cifar'] as const
export type ExportForm = (typeof exportForms)[number]

const mostCifarClasses = 10

/** The forms that can hold what a data set has. */
export function fittingExports({
  shape,
  classes,
}: Pick<DatasetDescriptor, 'shape' | 'classes'>): readonly ExportForm[] {
  const arePictures = shape.length === 3 && (shape[2] === 1 || shape[2] === 3)
  const isCifar = shape.join() === '32,32,3' && classes.length > 0 && classes.length <= mostCifarClasses
  return exportForms.filter((form) => (form === 'cifar' ? isCifar : arePictures))
}
