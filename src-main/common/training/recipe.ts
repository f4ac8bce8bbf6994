import '../zod-without-eval.ts'
import { z } from 'zod'
import { augmentationSchema } from '../data/augmentation.ts'
import { splitSchema } from '../data/split.ts'

export const optimizerTypes = ['sgd', 'momentum', 'nesterov', 'rmsprop', 'adagrad', 'adam', 'adamw', 'nadam'] as const
export const lossTypes = [
  'binaryCrossentropy',
  'categoricalCrossentropy',
  'sparseCategoricalCrossentropy',
  'meanSquaredError',
  'meanAbsoluteError',
  'huber',
] as const
export type OptimizerType = (typeof optimizerTypes)[number]
export type LossType = (typeof lossTypes)[number]

export const optimizerSchema = z.object({
  type: z.enum(optimizerTypes),
  learningRate: z.number().positive(),
  momentum: z.number().min(0).max(1).exactOptional(),
  weightDecay: z.number().min(0).exactOptional(),
})

export const scheduleSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('constant') }),
  /** The rate is multiplied by `gamma` after every `stepSize` epochs (PyTorch's StepLR). */
  z.object({ type: z.literal('step'), stepSize: z.int().min(1), gamma: z.number().positive() }),
])

/** How all models of a project are trained. Fractions are of the training part; `seed` feeds every random choice. */
export const recipeSchema = z.object({
  optimizer: optimizerSchema,
  schedule: scheduleSchema.exactOptional(),
  loss: z.enum(lossTypes),
  batchSize: z.int().min(1).max(65_536),
  epochs: z.int().min(1).max(100_000),
  seed: z.int().min(0).max(4_294_967_295),
  split: splitSchema,
  augmentation: augmentationSchema.exactOptional(),
  earlyStopping: z
    .object({ patience: z.int().min(1), minDelta: z.number().min(0), restoreBest: z.boolean() })
    .exactOptional(),
})

export type Recipe = z.infer<typeof recipeSchema>
