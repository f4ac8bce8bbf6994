import '../zod-without-eval.ts'
import { z } from 'zod'

/** What somebody wrote to a run. */
export const runNotesSchema = z.object({
  /** Empty for none: the time of its start names it then. */
  name: z.string().max(200),
  note: z.string().max(10_000),
  star: z.boolean(),
  hidden: z.boolean(),
})
export type RunNotes = z.infer<typeof runNotesSchema>

export const noNotes: RunNotes = { name: '', note: '', star: false, hidden: false }
