import '../zod-without-eval.ts'
import { z } from 'zod'
import type { Text } from '../layers/text.ts'
import type { FileSource } from './reading.ts'

/** Pictures labelled by hand: classes in the order of their labels, and the class of each file by its path in the data. */
export const labellingSchema = z.object({
  classes: z.array(z.string().min(1).max(200)).min(1).max(10_000),
  /** Files that are not here have no label yet. */
  labels: z.record(z.string(), z.int().min(0)),
})
export type Labelling = z.infer<typeof labellingSchema>

/** Labels on their way: there may be no class yet. */
export const labelDraftSchema = labellingSchema.extend({ classes: z.array(z.string().min(1).max(200)).max(10_000) })
export type LabelDraft = z.infer<typeof labelDraftSchema>

/** How labels are written: copies in a new folder with a folder for each class, or a CSV of file and label. */
export const labelTargetSchema = z.discriminatedUnion('as', [
  z.object({ as: z.literal('folders'), folder: z.string().min(1) }),
  z.object({ as: z.literal('table'), file: z.string().min(1) }),
])
export type LabelTarget = z.infer<typeof labelTargetSchema>

/** Pictures to be labelled, with the labels that a draft, their folders, names or a list give them. */
export interface LabellingStart {
  readonly name: string
  /** Paths in the data, in order. */
  readonly files: readonly string[]
  readonly labelling: LabelDraft
  /** Whether somebody has begun before. */
  readonly isDraft: boolean
}

/** Labels that somebody has begun to give. */
export interface LabelDraftListing {
  readonly source: FileSource
  readonly name: string
  readonly labelled: number
  readonly total: number
  /** ISO 8601. */
  readonly changed: string
}

/** Pictures as they are, fitted into a square of `sizePx`: `pixels` is [files, sizePx, sizePx, 3]; zeros where one cannot be read. */
export interface Thumbnails {
  readonly sizePx: number
  readonly pixels: Uint8Array
  readonly faults: readonly { readonly file: string; readonly reason: Text }[]
}
