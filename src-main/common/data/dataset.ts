import '../zod-without-eval.ts'
import { z } from 'zod'
import type { Shape } from '../graph/graph.ts'
import type { Text } from '../layers/text.ts'

/** The data sets that come with Convas. */
export const catalogueIds = ['cat-dog-doodles', 'mnist', 'shapes-in-colour', 'traffic-sample'] as const
export type CatalogueId = (typeof catalogueIds)[number]

/** A catalogue id, or a path with the options with which it is read. */
export const dataSourceSchema = z.union([
  z.object({ source: z.enum(catalogueIds) }),
  z.object({ path: z.string().min(1), options: z.record(z.string(), z.unknown()).exactOptional() }),
])
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
  /** 'drawn' and 'generated' data are labelled so wherever they appear. */
  readonly origin: 'real' | 'drawn' | 'generated'
  readonly about: Text
  /** SHA-256 of the decoded samples. */
  readonly hash: string
}

/** One sample of a data set: the position in its part. */
export const pictureRefSchema = z.object({ part: partSchema, index: z.int().min(0) })
export type PictureRef = z.infer<typeof pictureRefSchema>
