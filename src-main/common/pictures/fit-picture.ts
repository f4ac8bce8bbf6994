import type { DataSource } from '../data/dataset.ts'
import type { PictureOptions } from '../data/reading.ts'
import { withChannels, withoutAlpha } from './pixels.ts'
import type { Pixels } from './pixels.ts'
import { mount, place, resizePixels } from './resize.ts'

/** What pictures become. */
export type PictureTarget = Pick<PictureOptions, 'width' | 'height' | 'channels' | 'fit'>

/** A picture as the data's pictures are: opaque, with their channels, of their size. */
export function fitPicture(pixels: Pixels, { width, height, channels, fit }: PictureTarget): Pixels {
  const toned = withChannels(withoutAlpha(pixels), channels)
  const placement = place(toned, { width, height }, fit)
  return mount(resizePixels(toned, placement), placement, { width, height })
}

/** How the pictures of a data set were fitted to their size. */
export function fitOf(source: DataSource | null): PictureOptions['fit'] {
  const options = source !== null && 'path' in source ? source.options : undefined
  return options?.format === 'pictures' ? (options.fit ?? 'stretch') : 'stretch'
}
