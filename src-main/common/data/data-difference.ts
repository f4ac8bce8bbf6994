import type { FieldDifference } from '../training/recipe-difference.ts'
import { fieldDifference } from '../training/recipe-difference.ts'
import type { TrainedData } from '../training/events.ts'
import type { DataSource } from './dataset.ts'

/** What a run says of its data; `title` in the language of whoever reads it, null where older runs do not tell. */
export interface DataOfRun {
  readonly source: DataSource | null
  readonly title: string | null
  readonly data: TrainedData | null
  readonly samples: { readonly train: number; readonly validation: number; readonly test: number } | null
}

/**
 * In what the data of two runs differ: which they are, every option that they are read with, what a sample is, how many there
 * are in each part, and the hash of the decoded samples, which tells where files have changed though their names have not.
 */
export function dataDifference(one: DataOfRun, other: DataOfRun): readonly FieldDifference[] {
  return fieldDifference(told(one), told(other))
}

function told({ source, title, data, samples }: DataOfRun): Readonly<Record<string, unknown>> {
  const named = source === null ? null : 'source' in source ? source.source : source.path
  return {
    source: title ?? named,
    ...(source !== null && !('source' in source) && { path: [source.path, ...(source.more ?? [])].join(', ') }),
    ...(data !== null && { input: data.shape.join('×'), hash: data.hash }),
    ...samples,
    ...joined(source === null ? {} : 'source' in source ? source.windows : source.options),
  }
}

/** Lists, such as those of columns and classes, are one field each. */
function joined(options: object | undefined): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(options ?? {}).map(([key, value]) => [key, Array.isArray(value) ? value.join(', ') : value]),
  )
}
