import '../zod-without-eval.ts'
import { z } from 'zod'
import { augmentationSchema } from '../data/augmentation.ts'
import { splitSchema } from '../data/split.ts'
import { metricTypes } from './metrics.ts'

export const optimizerTypes = ['sgd', 'momentum', 'nesterov', 'rmsprop', 'adagrad', 'adam', 'adamw', 'nadam'] as const
export const lossTypes = [
  'binaryCrossentropy',
  'categoricalCrossentropy',
  'sparseCategoricalCrossentropy',
  'hinge',
  'categoricalHinge',
  'meanSquaredError',
  'meanAbsoluteError',
  'huber',
] as const
export const clippingTypes = ['value', 'norm', 'globalNorm'] as const
/** Samples evaluated at a time where a recipe does not say. */
export const defaultEvaluationBatch = 256
/** What early stopping and the plateau schedule may watch; measured on the validation part. */
export const monitoredTypes = ['loss', ...metricTypes] as const
export type OptimizerType = (typeof optimizerTypes)[number]
export type LossType = (typeof lossTypes)[number]
export type Monitored = (typeof monitoredTypes)[number]

const positive = z.number().positive()
const share = z.number().min(0).lt(1)

/** What is left out has Keras 3's default (`optimizerSettings`); what an optimiser does not know is passed over. */
export const optimizerSchema = z.object({
  type: z.enum(optimizerTypes),
  learningRate: positive,
  momentum: z.number().min(0).max(1).exactOptional(),
  /** Decoupled: each step first takes rate · decay of every weight. */
  weightDecay: z.number().min(0).exactOptional(),
  beta1: share.exactOptional(),
  beta2: share.exactOptional(),
  rho: share.exactOptional(),
  epsilon: positive.exactOptional(),
  centered: z.boolean().exactOptional(),
  amsgrad: z.boolean().exactOptional(),
  initialAccumulator: z.number().min(0).exactOptional(),
})

/** The rate is that of the optimiser, changed in the course of a run; steps and epochs are counted from its start. */
export const scheduleSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('constant') }),
  /** The rate is multiplied by `gamma` after every `stepSize` epochs (PyTorch's StepLR). */
  z.object({ type: z.literal('step'), stepSize: z.int().min(1), gamma: positive }),
  /** Times `rate` after every `decaySteps` steps, smoothly or, as a staircase, at once (Keras's ExponentialDecay). */
  z.object({
    type: z.literal('exponential'),
    decaySteps: z.int().min(1),
    rate: positive,
    staircase: z.boolean().exactOptional(),
  }),
  /**
   * Along half a cosine to `floor` · rate, after a straight rise from zero (Keras's CosineDecay). Without `decaySteps` the
   * floor is reached at the last step that the run was planned to have; epochs added to it stay there.
   */
  z.object({
    type: z.literal('cosine'),
    warmupSteps: z.int().min(0),
    decaySteps: z.int().min(1).exactOptional(),
    floor: z.number().min(0).max(1),
  }),
  /** Times `factor` when the watched value has not improved for `patience` epochs (Keras's ReduceLROnPlateau). */
  z.object({
    type: z.literal('plateau'),
    monitor: z.enum(monitoredTypes),
    factor: z.number().positive().lt(1),
    patience: z.int().min(1),
    minDelta: z.number().min(0),
    cooldown: z.int().min(0),
    minimum: z.number().min(0),
  }),
])

/** How all models of a project are trained. Fractions are of the training part; `seed` feeds every random choice. */
export const recipeSchema = z.object({
  optimizer: optimizerSchema,
  schedule: scheduleSchema.exactOptional(),
  /** Of gradients: each number, each weight's norm, or the norm of all together is held to `limit`. */
  clipping: z.object({ type: z.enum(clippingTypes), limit: positive }).exactOptional(),
  loss: z.enum(lossTypes),
  /** For cross-entropy: this share of each target is spread over all classes. */
  labelSmoothing: share.exactOptional(),
  /** For the Huber loss: where it goes over from squared to straight; 1 where it is left out. */
  huberDelta: positive.exactOptional(),
  /** How much a sample of each class, by its name, counts in the loss; a class left out counts 1. */
  classWeights: z.union([z.literal('balanced'), z.record(z.string(), z.number().min(0))]).exactOptional(),
  /** For top-k accuracy; chosen after the number of classes where it is left out. */
  topK: z.int().min(2).max(1_000).exactOptional(),
  batchSize: z.int().min(1).max(65_536),
  /** Samples evaluated at a time: more is faster and takes more memory, the results are the same. */
  evaluationBatchSize: z.int().min(1).max(65_536).exactOptional(),
  epochs: z.int().min(1).max(100_000),
  seed: z.int().min(0).max(4_294_967_295),
  split: splitSchema,
  augmentation: augmentationSchema.exactOptional(),
  earlyStopping: z
    .object({
      /** The loss where it is left out. */
      monitor: z.enum(monitoredTypes).exactOptional(),
      patience: z.int().min(1),
      minDelta: z.number().min(0),
      restoreBest: z.boolean(),
    })
    .exactOptional(),
})

export type Recipe = z.infer<typeof recipeSchema>
export type Schedule = z.infer<typeof scheduleSchema>
