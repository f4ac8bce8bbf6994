import '../zod-without-eval.ts'
import { z } from 'zod'

/**
 * How training samples are varied, anew in every epoch; each is drawn evenly between −x and x. Validation and test
 * samples are never touched. A series knows `noise` only.
 */
export const augmentationSchema = z.object({
  flipHorizontal: z.boolean().exactOptional(),
  flipVertical: z.boolean().exactOptional(),
  /** Share of the width and of the height. */
  shift: z.number().min(0).max(0.5).exactOptional(),
  /** Degrees. */
  rotate: z.number().min(0).max(180).exactOptional(),
  /** 0.1 is between 0.9 and 1.1 times the size. */
  zoom: z.number().min(0).max(0.5).exactOptional(),
  /** Added to values of 0…1. */
  brightness: z.number().min(0).max(1).exactOptional(),
  /** Standard deviation, of values of 0…1. */
  noise: z.number().min(0).max(1).exactOptional(),
})
export type Augmentation = z.infer<typeof augmentationSchema>

/** Whether anything is varied at all. */
export function isAugmenting(augmentation: Augmentation | undefined): augmentation is Augmentation {
  return augmentation !== undefined && Object.values(augmentation).some((value) => value === true || Number(value) > 0)
}
