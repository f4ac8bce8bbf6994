import type { CatalogueEntry, JobProgress } from '../../common/contract.ts'
import type { DatasetDescriptor, DataSource, Part } from '../../common/data/dataset.ts'
import type { Result } from '../../common/result.ts'

/** All samples of one part, one after another, row-major. Bytes are pixels 0…255, floats are used as they are. */
export interface DecodedPart {
  readonly inputs: Uint8Array | Float32Array
  /** Class labels, or one value a sample for regression. */
  readonly targets: Float32Array
}

/** A data set in memory, ready to make batches of. */
export interface Dataset {
  readonly descriptor: DatasetDescriptor
  readonly parts: Readonly<Record<Part, DecodedPart>>
}

/** What a reader tells while it works, and how it learns that nobody wants the result any more. */
export interface ReadingTask {
  readonly isCancelled: () => boolean
  readonly progress: (progress: Pick<JobProgress, 'title' | 'done' | 'total' | 'unit'>) => void
}

/** The decoded samples, with all of the descriptor but what follows from them. */
export interface DecodedSamples {
  readonly about: Omit<DatasetDescriptor, 'counts' | 'classCounts' | 'hash'>
  readonly parts: Readonly<Record<Part, DecodedPart>>
}

/** One kind of data that Convas can read or make: one file, one line in the list of readers. */
export interface DatasetReader {
  /** What it offers without a file of the person's own; null for formats. */
  readonly catalogue: Omit<CatalogueEntry, 'ready'> | null
  readonly match: (source: DataSource) => boolean
  /** The folder name of its cache: changes whenever the decoded samples would. */
  readonly cacheKey: (source: DataSource) => string
  /** Decodes everything; the caller caches it. Answers 'cancelled' soon after `isCancelled` says so. */
  readonly read: (source: DataSource, task: ReadingTask) => Promise<Result<DecodedSamples>>
}
