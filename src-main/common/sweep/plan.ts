import '../zod-without-eval.ts'
import { z } from 'zod'
import { projectSchema } from '../project/schema.ts'
import { monitoredTypes } from '../training/recipe.ts'
import type { Monitored } from '../training/recipe.ts'
import { sweepValueSchema } from './fields.ts'

/** More cells than this are a mistake rather than a plan. */
export const mostCells = 10_000

/** A field and what it is given: values, or for random search a range of numbers, evenly or by their order of size. */
const axisSchema = z.union([
  z.object({ field: z.string().min(1), values: z.array(sweepValueSchema).min(1).max(1_000).readonly() }),
  z.object({ field: z.string().min(1), from: z.number(), to: z.number(), scale: z.enum(['linear', 'log']) }),
])
export type SweepAxis = z.infer<typeof axisSchema>

/**
 * How cells come about. `grid`: every combination. `random`: so many of them, or points of the ranges. `halving`: as random
 * (or the whole grid where `count` is null), all for few epochs, the best 1/`keep` of them for `keep` times as many, and so
 * on to the recipe's epochs. `folds`: k-fold cross-validation, then one model on all training data where `final`.
 */
const methodSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('grid') }),
  z.object({ type: z.literal('random'), count: z.int().min(1).max(mostCells) }),
  z.object({
    type: z.literal('halving'),
    count: z.int().min(2).max(mostCells).nullable(),
    keep: z.int().min(2).max(10),
  }),
  z.object({ type: z.literal('folds'), of: z.int().min(2).max(100), final: z.boolean() }),
])

/** What somebody asks for. */
export const sweepSettingsSchema = z.object({
  method: methodSchema,
  axes: z.array(axisSchema).max(20).readonly(),
  /** Of random cells. */
  seed: z.int().min(0).max(4_294_967_295),
  /** No cell begins after so many, or after so many minutes of work; null is without limit. */
  budget: z.object({ runs: z.int().min(1).nullable(), minutes: z.number().positive().nullable() }),
  /** Cells at a time; null is what the machine's cores and memory allow. */
  together: z.int().min(1).max(64).nullable(),
  /** What cells are sorted by: of the validation part where there is one, else of the test part. */
  metric: z.enum(monitoredTypes),
  /** Ends a cell whose best epoch so far is worse than the median of the others at that epoch. */
  prune: z.boolean(),
})
export type SweepSettings = z.infer<typeof sweepSettingsSchema>

const measuresSchema = z.object({
  model: z.string(),
  name: z.string(),
  parameters: z.int(),
  /** That whose weights are the result. */
  epoch: z.int(),
  validation: z.record(z.string(), z.number()).nullable(),
  test: z.record(z.string(), z.number()).nullable(),
})
/** What one model of a cell came to; `validation` and `test` hold the loss and whatever metrics there are. */
export type CellMeasures = z.infer<typeof measuresSchema>

/** 'diverged' is a cell none of whose models learnt to its end: it has measures, of the last finite weights. */
export const cellStates = ['waiting', 'running', 'done', 'pruned', 'diverged', 'failed', 'skipped'] as const

const cellSchema = z.object({
  id: z.string(),
  /** By field; a fold has none. */
  values: z.record(z.string(), sweepValueSchema),
  /** From 1; 'all' is the final model of k-fold, null everything else. */
  fold: z.union([z.int().min(1), z.literal('all')]).nullable(),
  state: z.enum(cellStates),
  /** The run that trains it, from before its first step on: what was begun is gone on with, never done again. */
  run: z.string().nullable(),
  /** Of successive halving, from 0. */
  rung: z.int().min(0),
  /** How many epochs it is to have, in this rung. */
  epochs: z.int().min(1),
  measures: z.array(measuresSchema).readonly(),
  seconds: z.number().min(0),
  /** Why it failed. */
  message: z.string().nullable(),
  /** The same in every language; plans of earlier versions have only the message. */
  text: z.object({ en: z.string(), ko: z.string() }).readonly().nullable().default(null),
})
export type SweepCell = z.infer<typeof cellSchema>

export const sweepStates = ['running', 'paused', 'finished', 'cancelled'] as const
export type SweepState = (typeof sweepStates)[number]

/** The file of a sweep: everything that it needs to go on. */
export const sweepPlanSchema = z.object({
  format: z.literal('convas-sweep'),
  version: z.literal(1),
  sweep: z.string().min(1),
  created: z.string(),
  state: z.enum(sweepStates),
  settings: sweepSettingsSchema,
  /** The project that the cells vary, as it was. */
  project: projectSchema,
  models: z.array(z.string()).min(1).readonly(),
  cells: z.array(cellSchema).readonly(),
  /** Of work so far, waiting left out. */
  seconds: z.number().min(0),
  /** Of halving: the epochs of each rung and how many cells it has. */
  rungs: z.array(z.object({ epochs: z.int().min(1), cells: z.int().min(1) })).readonly(),
})
export type SweepPlan = Readonly<z.infer<typeof sweepPlanSchema>>

/** A sweep as it is shown: its file without the models, and how far the cells under way are. */
export interface SweepDetail extends Omit<SweepPlan, 'project' | 'format' | 'version'> {
  readonly loss: SweepPlan['project']['recipe']['loss']
  /** By cell under way: epochs done and the watched value of the last of them. */
  readonly progress: Readonly<Record<string, { readonly epoch: number; readonly value: number | null }>>
  readonly secondsLeft: number | null
  /** Whether it works in this process. */
  readonly active: boolean
}

export function detailOf(plan: SweepPlan, live: Pick<SweepDetail, 'progress' | 'secondsLeft' | 'active'>): SweepDetail {
  const { project, format: _, version: __, ...shown } = plan
  return { ...shown, loss: project.recipe.loss, ...live }
}

/** What a metric is called in the measures. */
export function measuredValue(measures: CellMeasures, metric: Monitored, part: 'validation' | 'test'): number | null {
  return measures[part]?.[metric] ?? null
}
