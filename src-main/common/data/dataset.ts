import '../zod-without-eval.ts'
import { z } from 'zod'
import type { Shape } from '../graph/graph.ts'
import type { Text } from '../layers/text.ts'
import { fileSourceSchema, windowChoicesSchema } from './reading.ts'
import type { FileFormat, Scaling } from './reading.ts'

/** The data sets that come with Convas. */
export const catalogueIds = ['cat-dog-doodles', 'mnist', 'shapes-in-colour', 'traffic-sample'] as const
export type CatalogueId = (typeof catalogueIds)[number]

/** Data of the catalogue; of a series, its windows may be cut otherwise. */
const catalogueSourceSchema = z.object({ source: z.enum(catalogueIds), windows: windowChoicesSchema.exactOptional() })

/** A catalogue id, or somebody's files with the options with which they are read. */
export const dataSourceSchema = z.union([catalogueSourceSchema, fileSourceSchema])
export type DataSource = z.infer<typeof dataSourceSchema>

export const partSchema = z.enum(['train', 'test'])
export type Part = z.infer<typeof partSchema>

/** What is known of a data set once it is ready. `shape` is one sample's input, without the batch axis. */
export interface DatasetDescriptor {
  readonly title: string
  readonly titles: Text
  readonly shape: Shape
  readonly task: 'classification' | 'regression'
  /** Names by label; empty for regression. */
  readonly classes: readonly string[]
  readonly counts: Readonly<Record<Part, number>>
  /** Samples of each class in the training part, by label; empty for regression. */
  readonly classCounts: readonly number[]
  /** The same of the test part. */
  readonly testClassCounts: readonly number[]
  /** Samples at the end of the training part that the data set itself sets aside for validation. */
  readonly heldOut: number
  readonly kind: FileFormat
  /** How values became what a model sees; null where they are pixels or were left as they are. */
  readonly values: ValueScales | null
  readonly series: SeriesFacts | null
  /** 'drawn' and 'generated' data are labelled so wherever they appear. */
  readonly origin: 'real' | 'drawn' | 'generated'
  readonly about: Text
  /** SHA-256 of the decoded samples. */
  readonly hash: string
}

/** `seen = (value − offset) / range`: back to the unit of the file with `seen · range + offset`. */
export interface ValueScale {
  readonly column: string
  readonly offset: number
  readonly range: number
}

export interface ValueScales {
  readonly scaling: Scaling
  /** One for each value of a row, in the order of the last axis. */
  readonly inputs: readonly ValueScale[]
  /** Null where the target is a class. */
  readonly target: ValueScale | null
}

/** How windows were cut out of a series; see `SeriesOptions`. */
export interface SeriesFacts {
  readonly rows: number
  readonly lookBack: number
  readonly horizon: number
  readonly stride: number
  /** Seconds between two rows; null without a column of dates. */
  readonly stepSeconds: number | null
}

/** One sample of a data set: the position in its part. */
export const pictureRefSchema = z.object({ part: partSchema, index: z.int().min(0) })
export type PictureRef = z.infer<typeof pictureRefSchema>
