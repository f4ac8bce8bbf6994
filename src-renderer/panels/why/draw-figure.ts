import type { Figure, FigurePlane } from '../../../src-main/common/figure/stages-figure.ts'
import { cellsOf } from '../../../src-main/common/figure/stages-figure.ts'
import { limitOf, paintPicture, paintPlane } from '../../ui/tensor-picture.ts'

/** Small figures are drawn at twice their size, so that they print well. */
const SCALE = 2

/** Draws a figure on white, as it is printed, whatever the window's theme. */
export function drawFigure(canvas: HTMLCanvasElement, { width, height, texts, planes }: Figure) {
  canvas.width = Math.round(width * SCALE)
  canvas.height = Math.round(height * SCALE)
  const context = canvas.getContext('2d')
  if (!context) return
  context.scale(SCALE, SCALE)
  context.fillStyle = '#fff'
  context.fillRect(0, 0, width, height)
  context.imageSmoothingEnabled = false
  for (const plane of planes) {
    const image = paint(plane)
    if (image) context.drawImage(image, plane.x, plane.y, plane.width, plane.height)
    context.strokeStyle = '#c9d0d8'
    context.lineWidth = 0.5
    context.strokeRect(plane.x, plane.y, plane.width, plane.height)
  }
  const family = getComputedStyle(document.body).fontFamily
  for (const { x, y, text, sizePx, isCentred, tone } of texts) {
    context.font = `${tone === 'strong' ? 600 : 400} ${sizePx}px ${family}`
    context.textAlign = isCentred ? 'center' : 'left'
    context.fillStyle = tone === 'strong' ? '#17202b' : tone === 'plain' ? '#46525f' : '#6a7683'
    context.fillText(text, x, y)
  }
}

/** A plane as a data URL of one pixel a cell. */
export function planeUrl(plane: FigurePlane): string {
  const canvas = document.createElement('canvas')
  const [rows, columns] = cellsOf(plane.tensor.shape)
  canvas.width = columns
  canvas.height = rows
  const image = paint(plane)
  if (image) canvas.getContext('2d')?.drawImage(image, 0, 0)
  return canvas.toDataURL('image/png')
}

/** Pictures as they are; maps on the scale of their layer, with zero in the middle. */
function paint({ tensor, channel }: FigurePlane): OffscreenCanvas | null {
  const { shape, data } = tensor
  const [rows, columns] = cellsOf(shape)
  const canvas = new OffscreenCanvas(columns, rows)
  const image = new ImageData(columns, rows)
  if (channel === null)
    paintPicture(
      image,
      shape,
      data.map((value) => value * 255),
    )
  else {
    const channels = shape.length === 1 ? 1 : (shape.at(-1) ?? 1)
    const at = (row: number, column: number) => data[(row * columns + column) * channels + channel] ?? 0
    paintPlane(image, { width: columns, height: rows, at }, limitOf(data), 'activation')
  }
  canvas.getContext('2d')?.putImageData(image, 0, 0)
  return canvas
}
