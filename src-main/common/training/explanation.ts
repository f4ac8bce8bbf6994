import '../zod-without-eval.ts'
import { z } from 'zod'
import { dataSourceSchema, pictureRefSchema } from '../data/dataset.ts'
import type { DataSource, PictureRef } from '../data/dataset.ts'
import type { Model, Shape } from '../graph/graph.ts'
import type { Place } from '../layers/cells/cell.ts'
import { modelSchema } from '../project/schema.ts'
import type { Moment } from './moment.ts'
import { momentSchema } from './moment.ts'
import type { NodeTensor } from './probe.ts'
import type { Recipe } from './recipe.ts'
import { recipeSchema } from './recipe.ts'

/** A picture that is in no data set: pixels 0…255 [height, width, channels], row-major. */
export const givenPictureSchema = z.object({
  shape: z.array(z.int().min(1).max(4_096)).length(3).readonly(),
  pixels: z.instanceof(Uint8Array<ArrayBufferLike>).refine((pixels) => pixels.length <= 50_331_648),
})
export type GivenPicture = z.infer<typeof givenPictureSchema>

/** A sample to look at: one of the data, or one that was brought along. */
export const sampleSchema = z.union([pictureRefSchema, givenPictureSchema])
export type Sample = z.infer<typeof sampleSchema>

/** A model with its weights: those of a stored moment of a run, or those that the seed gives. */
export const subjectSchema = z.union([
  z.object({ path: z.string().min(1), run: z.string().min(1), model: z.string(), moment: momentSchema }),
  z.object({ model: modelSchema, recipe: recipeSchema, source: dataSourceSchema }),
])
export type Subject = z.infer<typeof subjectSchema>

/** The same for an engine, which knows runs by their folders. */
export type EngineSubject =
  | { readonly folder: string; readonly model: string; readonly moment: Moment }
  | { readonly model: Model; readonly recipe: Recipe; readonly source: DataSource }

export const explanationMethods = ['saliency', 'gradCam', 'occlusion'] as const
export type ExplanationMethod = (typeof explanationMethods)[number]

/** How an answer is to be explained. `target` is the class asked about; null is the one that the model answers. */
export const explanationSettingsSchema = z.object({
  method: z.enum(explanationMethods),
  target: z.int().min(0).nullable(),
  /** Of an occlusion: the side of the patch and how far it moves, in pixels or steps. */
  patch: z.int().min(1).max(256),
  stride: z.int().min(1).max(256),
})

/** Why a model answers as it does: a number for each place of its input. */
export interface Explanation {
  readonly method: ExplanationMethod
  /** Null for a model that predicts a value. */
  readonly target: number | null
  /** What the method explains: the class's score (saliency, Grad-CAM) or its probability (occlusion), of the whole sample. */
  readonly score: number
  /** [height, width] or [steps]. */
  readonly shape: Shape
  readonly values: Float32Array
  /** Of a saliency: the gradient with its sign, of the channel where it is largest. Null for the others. */
  readonly signed: Float32Array | null
  /** Of a Grad-CAM: the convolution it looks at and its map before it is enlarged. Null for the others. */
  readonly source: { readonly node: string; readonly shape: Shape; readonly values: Float32Array } | null
}

/** Which samples are gone over. 'validation' are those that judged the run's epochs. */
export const rankedPartSchema = z.enum(['validation', 'test'])
export type RankedPart = z.infer<typeof rankedPartSchema>

/** One sample and what a model makes of it. */
export interface RankedSample {
  readonly picture: PictureRef
  /** The true class, or the true value. */
  readonly truth: number
  /** The class answered, or the value predicted. */
  readonly answer: number
  /** Of the class that is answered, and of the true one; null where values are predicted. */
  readonly probability: number | null
  readonly truthProbability: number | null
}

/** Samples in order: surest and least sure answers, and the worst mistakes. */
export interface Ranking {
  readonly samples: number
  readonly mistakes: number
  /** Empty where values are predicted. */
  readonly certain: readonly RankedSample[]
  readonly uncertain: readonly RankedSample[]
  /** Wrong answers, the least probable truth first; of values, the largest errors. */
  readonly wrong: readonly RankedSample[]
}

/** The samples of which one map is largest anywhere. */
export interface Drivers {
  readonly scanned: number
  readonly total: number
  readonly found: readonly {
    readonly picture: PictureRef
    readonly label: number
    readonly value: number
    /** Where in the node's output, channel included. */
    readonly at: Place
  }[]
}

/** A few samples through all layers of a model, at its own input size or through its convolutions at another. */
export interface Stages {
  readonly inputShape: Shape
  /** In the order of the layers. */
  readonly nodes: readonly string[]
  readonly rows: readonly {
    readonly label: number | null
    readonly maps: readonly NodeTensor[]
    /** Empty where the layers that answer were left out. */
    readonly prediction: readonly number[]
  }[]
}

/** A picture file as the data's pictures are: resized, with as many channels. */
export interface OpenedPicture extends GivenPicture {
  readonly name: string
  /** As it is in the file, upright. */
  readonly widthPx: number
  readonly heightPx: number
}
