import type { Pictures } from '../contract.ts'
import type { Shape } from '../graph/graph.ts'
import type { Text } from '../layers/text.ts'
import type { ColumnSummary, SeriesPage } from './columns.ts'
import type { DatasetDescriptor, Part } from './dataset.ts'
import type { ArrayOptions, FileSource, PictureOptions, SeriesOptions, TableOptions } from './reading.ts'

/** A file that cannot be used, and why. */
export interface SkippedFile {
  readonly file: string
  readonly reason: Text
}

/** What files were taken for, and what importing them with these options would give. */
interface RecognisedBase {
  /** Such as "Folder of pictures". */
  readonly title: Text
  readonly shape: Shape
  readonly task: DatasetDescriptor['task']
  readonly classes: readonly string[]
  readonly counts: Readonly<Record<Part, number>>
  /** Samples at the end of the training part that the data set itself sets aside for validation. */
  readonly heldOut: number
  /** Samples of each class, by label; empty where there are none or where only reading everything would tell. */
  readonly classCounts: Readonly<Record<Part, readonly number[]>>
  /** What should be known before it is imported, such as an imbalance. */
  readonly warnings: readonly Text[]
  /** Why it cannot be imported with these options, by the option that has to change; left out where it can. */
  readonly faults?: Readonly<Record<string, Text>>
  /** The first hundred of `skippedCount`. Whether a picture can be decoded shows only when it is imported. */
  readonly skipped: readonly SkippedFile[]
  readonly skippedCount: number
  /** What the decoded samples will take on the disk. */
  readonly bytes: number
  /** Some samples as a model would get them; of a series or table, the first windows or rows. */
  readonly preview: Pictures | null
}

export interface RecognisedPictures extends RecognisedBase {
  readonly format: 'pictures'
  readonly options: PictureOptions
  /** Ways to label that these files allow, best first. */
  readonly labelChoices: readonly {
    readonly labelsFrom: PictureOptions['labelsFrom']
    readonly classes: readonly { readonly name: string; readonly count: number }[]
  }[]
  /** Archives and folders that can be the external test or the validation part. */
  readonly folders: readonly { readonly path: string; readonly pictures: number }[]
  /** Sizes of a sample of the files, in pixels. */
  readonly sizes: {
    readonly smallest: readonly [width: number, height: number]
    readonly largest: readonly [width: number, height: number]
  } | null
}

export interface RecognisedArrays extends RecognisedBase {
  readonly format: 'arrays'
  readonly options: ArrayOptions
  /** Every array in the files. */
  readonly arrays: readonly { readonly name: string; readonly shape: Shape; readonly type: string }[]
}

interface RecognisedRows extends RecognisedBase {
  readonly rows: number
  readonly columns: readonly ColumnSummary[]
  /** The first rows as they stand in the file, without the header. */
  readonly firstRows: readonly (readonly string[])[]
  /** Columns of each of these rows whose value is missing or cannot be read. */
  readonly firstMissing: readonly (readonly number[])[]
}

export interface RecognisedSeries extends RecognisedRows {
  readonly format: 'series'
  readonly options: SeriesOptions
  /** What the column of dates tells; null where there is none. */
  readonly times: {
    readonly first: number
    readonly last: number
    readonly stepSeconds: number
    /** Places where more than a step lies between two rows. */
    readonly gaps: number
  } | null
  /** The column to predict from the first row to the last, missing values filled in. */
  readonly overview: SeriesPage
}

export interface RecognisedTable extends RecognisedRows {
  readonly format: 'table'
  readonly options: TableOptions
}

export type Recognition = RecognisedPictures | RecognisedArrays | RecognisedSeries | RecognisedTable

/** What some files may be, most likely first; the first one obeys the choices that were made. */
export interface Inspection {
  readonly source: FileSource
  /** A name for the data set, from the file's. */
  readonly name: string
  readonly recognised: readonly [Recognition, ...Recognition[]]
}
