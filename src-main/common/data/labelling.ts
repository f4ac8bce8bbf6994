import '../zod-without-eval.ts'
import { z } from 'zod'

/** Pictures labelled by hand: classes in the order of their labels, and the class of each file by its path in the data. */
export const labellingSchema = z.object({
  classes: z.array(z.string().min(1).max(200)).min(1).max(10_000),
  /** Files that are not here have no label yet. */
  labels: z.record(z.string(), z.int().min(0)),
})
export type Labelling = z.infer<typeof labellingSchema>

/** How labels are written: copies in a new folder with a folder for each class, or a CSV of file and label. */
export const labelTargetSchema = z.discriminatedUnion('as', [
  z.object({ as: z.literal('folders'), folder: z.string().min(1) }),
  z.object({ as: z.literal('table'), file: z.string().min(1) }),
])
export type LabelTarget = z.infer<typeof labelTargetSchema>
