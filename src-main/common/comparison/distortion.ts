import '../zod-without-eval.ts'
import { z } from 'zod'

/** How a picture is changed before models answer; what comes from beyond the edge has the edge's colour. */
export const distortionSchema = z.object({
  /** Pixels to the right and down. */
  across: z.number().min(-512).max(512),
  down: z.number().min(-512).max(512),
  /** Degrees, clockwise. */
  turn: z.number().min(-180).max(180),
  /** 2 is twice the size. */
  scale: z.number().min(0.25).max(4),
  /** Standard deviation, of pixels of 0…1; pixels stay in that range. */
  noise: z.number().min(0).max(1),
  /** Side of a grey square in the middle, as a share of the picture's shorter side. */
  hidden: z.number().min(0).max(1),
})
export type Distortion = z.infer<typeof distortionSchema>

export const distortionKinds = ['across', 'down', 'turn', 'scale', 'noise', 'hidden'] as const
export type DistortionKind = (typeof distortionKinds)[number]

export const undistorted: Distortion = { across: 0, down: 0, turn: 0, scale: 1, noise: 0, hidden: 0 }

const steps = (from: number, to: number, step: number) =>
  Array.from({ length: Math.round((to - from) / step) + 1 }, (_, index) => Number((from + index * step).toFixed(6)))

/** How much of each kind a whole part of the data is tried with; each has the level at which nothing is changed. */
export const distortionLevels: Readonly<Record<DistortionKind, readonly number[]>> = {
  across: steps(-8, 8, 1),
  down: steps(-8, 8, 1),
  turn: steps(-45, 45, 7.5),
  scale: [0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.3, 1.4, 1.5],
  noise: steps(0, 0.5, 0.05),
  hidden: steps(0, 0.6, 0.1),
}

/** The share of right answers (0…1) of each model at each level of one kind, over `samples` samples. */
export interface DistortionCurves {
  readonly kind: DistortionKind
  readonly levels: readonly number[]
  readonly samples: number
  /** By model, in the order in which they were asked for. */
  readonly accuracy: readonly (readonly number[])[]
}

/** A sample as the models saw it, and what they made of it. */
export interface DistortedAnswers {
  readonly shape: readonly number[]
  /** Pixels as 0…1. */
  readonly values: Float32Array
  /** By model: a probability for each class, or the value. */
  readonly answers: readonly (readonly number[])[]
}
