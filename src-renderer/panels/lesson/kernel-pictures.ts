import type { Pictures } from '../../../src-main/common/contract.ts'
import type { Values } from '../../../src-main/common/layers/cells/cell.ts'
import { paintPicture } from '../../ui/tensor-picture.ts'

/** Grey values 0…1 [side, side, 1] of the middle square of something that can be drawn. */
export function greySquare(source: ImageBitmap | OffscreenCanvas, side: number): Values {
  const context = new OffscreenCanvas(side, side).getContext('2d', { willReadFrequently: true })
  if (!context) throw new Error('A canvas to draw on was expected. Received: none')
  const cut = Math.min(source.width, source.height)
  const [left, top] = [(source.width - cut) / 2, (source.height - cut) / 2]
  context.fillStyle = '#fff'
  context.fillRect(0, 0, side, side)
  context.imageSmoothingQuality = 'high'
  context.drawImage(source, left, top, cut, cut, 0, 0, side, side)
  const { data } = context.getImageData(0, 0, side, side)
  const grey = Float32Array.from({ length: side * side }, (_, index) => {
    const [red = 0, green = 0, blue = 0] = data.subarray(index * 4, index * 4 + 3)
    // Luma after ITU-R BT.601, as the data sets' own pictures are made grey.
    return (0.299 * red + 0.587 * green + 0.114 * blue) / 255
  })
  return { shape: [side, side, 1], data: grey }
}

/** The `index`th of some pictures; null for data that are none. */
export function drawnPicture({ shape, pixels, numbers }: Pictures, index: number): OffscreenCanvas | null {
  const [height = 0, width = 0, channels = 0] = shape
  if (numbers !== null || shape.length !== 3 || (channels !== 1 && channels !== 3)) return null
  const canvas = new OffscreenCanvas(width, height)
  const image = new ImageData(width, height)
  const size = height * width * channels
  paintPicture(image, shape, pixels.subarray(index * size, (index + 1) * size))
  canvas.getContext('2d')?.putImageData(image, 0, 0)
  return canvas
}
