import type { DatasetDescriptor, PictureRef } from './dataset.ts'
import type { SkippedFile } from './inspection.ts'
import type { FileSource } from './reading.ts'

/** A data set made from somebody's files; it stays usable when they are gone. */
export interface ImportedDataset {
  readonly id: string
  readonly name: string
  /** With every option that it was read with: this belongs into a project. */
  readonly source: FileSource
  /** ISO 8601. */
  readonly imported: string
  readonly used: string
  readonly descriptor: DatasetDescriptor
  readonly bytes: number
  /** False where its files are gone or have changed since. */
  readonly current: boolean
}

/** What happened while a data set was made. */
export interface ImportReport {
  /** Every file that could not be used. */
  readonly skipped: readonly SkippedFile[]
  /** Samples that are the same to the last bit in the training and the test part: the test would be no test. */
  readonly leaks: readonly { readonly train: PictureRef; readonly test: PictureRef }[]
  readonly leakCount: number
  /** Samples of the training part that occur there before. */
  readonly repeats: number
  /** Pictures decoded by each decoder; Convas reads bitmaps by itself. */
  readonly decoders: Readonly<Record<'tensorflow' | 'sharp' | 'convas', number>>
  readonly seconds: number
}
