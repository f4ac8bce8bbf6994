import type { CatalogueEntry, JobProgress } from '../../common/contract.ts'
import type { DatasetDescriptor, Part } from '../../common/data/dataset.ts'
import type { Recognition } from '../../common/data/inspection.ts'
import type { FileFormat, ReadingChoices, ReadingOptions, WindowChoices } from '../../common/data/reading.ts'
import type { CacheWriter, WrittenSamples } from './cache/writer.ts'
import type { DecoderPool } from './decoding/pool.ts'
import type { FileTree } from './files/file-tree.ts'

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

/** Data that come with Convas: one file, one line in the store's list. */
export interface CatalogueReader {
  readonly catalogue: Omit<CatalogueEntry, 'ready'>
  /** Changes whenever the samples would. */
  readonly version: string
  /** True for a series, whose windows may be cut otherwise than by default. */
  readonly hasWindows?: boolean
  /** Throws InvalidData; `cancelled` soon after `isCancelled` says so. */
  readonly write: (writer: CacheWriter, task: ReadingTask, windows: WindowChoices) => Promise<WrittenSamples>
}

/** What a format's reader works with. */
export interface ReadingTools {
  readonly files: FileTree
  readonly task: ReadingTask
  readonly decoders: DecoderPool
}

/** One kind of files that Convas can read: one file, one line in the list of formats. Both verbs throw InvalidData. */
export interface FormatReader<F extends FileFormat = FileFormat> {
  readonly format: F
  /** What the files are, with every option found out that nobody chose; null where they are of another kind. */
  readonly recognise: (
    tools: ReadingTools,
    choices: Extract<ReadingChoices, { format: F }> | null,
    wanted: { readonly preview: boolean },
  ) => Promise<Extract<Recognition, { format: F }> | null>
  readonly write: (
    tools: ReadingTools,
    options: Extract<ReadingOptions, { format: F }>,
    writer: CacheWriter,
  ) => Promise<WrittenSamples>
}
