import '../zod-without-eval.ts'
import { z } from 'zod'
import type { DatasetDescriptor } from './dataset.ts'

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

/** How many samples of one class are held back for a share of them; a class of one stays whole. */
export function heldOfClass(count: number, share: number): number {
  return Math.max(0, Math.min(count - 1, Math.round(count * share)))
}

/** The stretch of a series that a fold (from 1) judges: it trains on what comes before, never on its future. */
export function seriesFold(count: number, fold: number, of: number): { readonly from: number; readonly to: number } {
  const edge = (index: number) => Math.floor((count * index) / (of + 1))
  return { from: edge(fold), to: edge(fold + 1) }
}

const usualShare = 0.1

/** Samples that the data set aside judge instead of a share; where there are none, a share judges again. */
export function fittingValidation(validation: Validation, heldOut: number): Validation {
  if (heldOut > 0 && typeof validation === 'number') return 'given'
  return heldOut === 0 && validation === 'given' ? usualShare : validation
}

/** How many samples of the training part a split trains on, and how many of it judge each epoch. */
export interface SplitCounts {
  readonly train: number
  readonly validation: number
}

type Counted = Pick<DatasetDescriptor, 'counts' | 'classCounts' | 'heldOut' | 'kind' | 'task'>

/** The sizes of the split that an engine makes of these data, without making it. */
export function splitCounts(
  validation: Validation,
  { counts, classCounts, heldOut, kind, task }: Counted,
): SplitCounts {
  const all = counts.train
  if (validation === 'test') return { train: all, validation: 0 }
  const holding = (held: number): SplitCounts => ({ train: all - held, validation: held })
  if (validation === 'given') return holding(heldOut)
  if (typeof validation === 'object') {
    const { fold, of } = validation
    if (kind !== 'series') return holding(Math.max(0, Math.ceil((all - fold + 1) / of)))
    const { from, to } = seriesFold(all, fold, of)
    return { train: from, validation: to - from }
  }
  if (kind === 'series') return holding(Math.round(all * validation))
  const strata = task === 'classification' ? classCounts : [all]
  return holding(strata.reduce((held, count) => held + heldOfClass(count, validation), 0))
}
