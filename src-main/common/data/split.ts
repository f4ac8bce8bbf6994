import '../zod-without-eval.ts'
import { z } from 'zod'

/**
 * What judges each epoch: a share held back of the training part (each class gives the same share; a series gives its
 * end), one fold of several, the samples that the data set itself sets aside, or the external test part.
 */
export const validationSchema = z.union([
  z.number().min(0).max(0.9),
  z
    .object({ fold: z.int().min(1).max(100), of: z.int().min(2).max(100) })
    .refine(({ fold, of }) => fold <= of, { error: '`fold` must be one of the folds, from 1 to `of`' }),
  z.literal('given'),
  z.literal('test'),
])
export type Validation = z.infer<typeof validationSchema>

export const splitSchema = z.object({ validation: validationSchema })

/** About how many samples of a training part are held back to validate. */
export function validationCount(validation: Validation, train: number, heldOut: number): number {
  if (validation === 'test') return 0
  if (validation === 'given') return heldOut
  return Math.round(typeof validation === 'number' ? train * validation : train / validation.of)
}
