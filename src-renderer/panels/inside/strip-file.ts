import { encode } from 'modern-gif'
import type { Palette, Plane } from '../../ui/tensor-picture.ts'
import { EDGE_COLOUR, paintPlane } from '../../ui/tensor-picture.ts'

export interface StripFrame {
  readonly label: string
  readonly plane: Plane
}

export interface StripLook {
  readonly limit: number
  readonly palette: Palette
}

const FRAME_MS = 400
/** The last moment is looked at longer. */
const LAST_FRAME_MS = 1_600
const MARGIN_PX = 8
const LABEL_PX = 22
const COLUMNS = 8

/** All moments side by side, with their names, as one PNG on white. */
export async function stripPng(frames: readonly StripFrame[], look: StripLook): Promise<Blob> {
  const size = frameSize(frames, 120)
  const columns = Math.min(COLUMNS, frames.length)
  const canvas = new OffscreenCanvas(columns * size.width, Math.ceil(frames.length / columns) * size.height)
  const context = contextOf(canvas)
  for (const [index, frame] of frames.entries())
    drawFrame(context, frame, look, size, (index % columns) * size.width, Math.floor(index / columns) * size.height)
  return canvas.convertToBlob({ type: 'image/png' })
}

/** One moment after the other as an animated GIF, which begins again by itself. */
export async function stripGif(frames: readonly StripFrame[], look: StripLook): Promise<Blob> {
  const size = frameSize(frames, 240)
  const pictures = frames.map((frame, index) => {
    const canvas = new OffscreenCanvas(size.width, size.height)
    const context = contextOf(canvas)
    drawFrame(context, frame, look, size, 0, 0)
    const { data } = context.getImageData(0, 0, size.width, size.height)
    return { data, delay: index === frames.length - 1 ? LAST_FRAME_MS : FRAME_MS }
  })
  const content = await encode({ width: size.width, height: size.height, frames: pictures })
  return new Blob([content], { type: 'image/gif' })
}

function frameSize(frames: readonly StripFrame[], wantedPx: number) {
  const { width = 1, height = 1 } = frames[0]?.plane ?? {}
  const cellPx = Math.max(1, Math.floor(wantedPx / Math.max(width, height)))
  return {
    cellPx,
    width: Math.max(width * cellPx, 96) + 2 * MARGIN_PX,
    height: height * cellPx + 2 * MARGIN_PX + LABEL_PX,
  }
}

function contextOf(canvas: OffscreenCanvas): OffscreenCanvasRenderingContext2D {
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (!context) throw new Error('this browser paints no pictures')
  context.fillStyle = '#fff'
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.imageSmoothingEnabled = false
  return context
}

function drawFrame(
  context: OffscreenCanvasRenderingContext2D,
  { label, plane }: StripFrame,
  { limit, palette }: StripLook,
  size: ReturnType<typeof frameSize>,
  x: number,
  y: number,
) {
  const image = new ImageData(plane.width, plane.height)
  paintPlane(image, plane, limit, palette)
  const source = new OffscreenCanvas(plane.width, plane.height)
  source.getContext('2d')?.putImageData(image, 0, 0)
  const [width, height] = [plane.width * size.cellPx, plane.height * size.cellPx]
  const left = x + Math.floor((size.width - width) / 2)
  const top = y + MARGIN_PX
  context.fillStyle = EDGE_COLOUR
  context.fillRect(left - 1, top - 1, width + 2, height + 2)
  context.drawImage(source, left, top, width, height)
  context.fillStyle = '#1f2328'
  context.font = `13px ${getComputedStyle(document.body).fontFamily}`
  context.textAlign = 'center'
  context.textBaseline = 'middle'
  context.fillText(label, x + size.width / 2, top + height + LABEL_PX / 2 + 2)
}
