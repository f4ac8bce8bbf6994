import type { Shape } from '../../src-main/common/graph/graph.ts'
import type { Palette, Plane } from '../ui/tensor-picture.ts'
import {
  channelsOf,
  EDGE_COLOUR,
  kernelPlane,
  limitOf,
  mapPlane,
  paintPicture,
  paintPlane,
} from '../ui/tensor-picture.ts'
import { layOutCells, layOutTiles } from './strip-tiles.ts'

/** What a node's strip shows. Shapes are without the batch axis. */
export type StripContent =
  | { readonly type: 'maps' | 'kernels'; readonly shape: Shape; readonly data: Float32Array }
  | { readonly type: 'picture'; readonly shape: Shape; readonly data: Float32Array | Uint8Array }

export const STRIP_WIDTH = 152
export const STRIP_HEIGHT = 56
const EDGE_PX = 0.5

let scratch: OffscreenCanvas | null = null

/** Paints a strip of STRIP_WIDTH × STRIP_HEIGHT units at `ratio` pixels each (`width` narrower for a picture). */
export function paintStrip(canvas: HTMLCanvasElement, content: StripContent, width: number, ratio: number) {
  const height = STRIP_HEIGHT
  canvas.width = Math.round(width * ratio)
  canvas.height = Math.round(height * ratio)
  // Strips are many and small: kept off the GPU they share their lane's layer instead of having one each.
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (!context) return
  context.scale(ratio, ratio)
  context.imageSmoothingEnabled = false
  const { shape, data } = content
  if (content.type === 'picture' && shape.length === 3) return paintWhole(context, shape, data, width, height)
  if (content.type === 'kernels') {
    const planes = Array.from({ length: shape.at(-1) ?? 1 }, (_, output) =>
      kernelPlane(shape, data as Float32Array, 0, output),
    )
    return paintTiles(context, planes, limitOf(data), 'weight', width, height)
  }
  if (shape.length === 3) {
    const planes = Array.from({ length: channelsOf(shape) }, (_, channel) => mapPlane(shape, data, channel))
    return paintTiles(context, planes, limitOf(data), 'activation', width, height)
  }
  if (shape.length === 2 && (content.type === 'picture' || shape[1] === 1)) {
    return paintCurve(context, data, shape[1] ?? 1, width, height, getComputedStyle(canvas).color)
  }
  if (shape.length === 2) return paintRows(context, shape, data, width, height)
  paintCells(context, data, width, height)
}

function paintTiles(
  context: CanvasRenderingContext2D,
  planes: readonly Plane[],
  limit: number,
  palette: Palette,
  width: number,
  height: number,
) {
  const first = planes[0]
  if (!first) return
  const grid = layOutTiles(planes.length, first.width / first.height, width, height)
  for (const [index, plane] of planes.slice(0, grid.count).entries()) {
    const left = grid.left + (index % grid.columns) * (grid.tileWidth + grid.gap)
    const top = grid.top + Math.floor(index / grid.columns) * (grid.tileHeight + grid.gap)
    const [edgeLeft, edgeTop] = [Math.max(0, left - EDGE_PX), Math.max(0, top - EDGE_PX)]
    context.fillStyle = EDGE_COLOUR
    context.fillRect(edgeLeft, edgeTop, grid.tileWidth + 2 * EDGE_PX, grid.tileHeight + 2 * EDGE_PX)
    drawPlane(context, plane, limit, palette, { left, top, width: grid.tileWidth, height: grid.tileHeight })
  }
}

function drawPlane(
  context: CanvasRenderingContext2D,
  plane: Plane,
  limit: number,
  palette: Palette,
  box: { left: number; top: number; width: number; height: number },
) {
  const image = new ImageData(plane.width, plane.height)
  paintPlane(image, plane, limit, palette)
  // A map with more cells than pixels is averaged; one with fewer stays sharp.
  context.imageSmoothingEnabled = plane.width > box.width * 2 || plane.height > box.height * 2
  drawImage(context, image, box)
}

function drawImage(
  context: CanvasRenderingContext2D,
  image: ImageData,
  box: { left: number; top: number; width: number; height: number },
) {
  scratch ??= new OffscreenCanvas(1, 1)
  scratch.width = image.width
  scratch.height = image.height
  scratch.getContext('2d')?.putImageData(image, 0, 0)
  context.drawImage(scratch, 0, 0, image.width, image.height, box.left, box.top, box.width, box.height)
}

function paintWhole(
  context: CanvasRenderingContext2D,
  shape: Shape,
  data: Float32Array | Uint8Array,
  width: number,
  height: number,
) {
  const [rows = 1, columns = 1] = shape
  const image = new ImageData(columns, rows)
  paintPicture(image, shape, data)
  const scale = Math.min(width / columns, height / rows)
  const box = { width: columns * scale, height: rows * scale }
  drawImage(context, image, { left: (width - box.width) / 2, top: (height - box.height) / 2, ...box })
}

/** A series: one line, from its smallest to its largest value. */
function paintCurve(
  context: CanvasRenderingContext2D,
  data: Float32Array | Uint8Array,
  channels: number,
  width: number,
  height: number,
  colour: string,
) {
  const steps = Math.floor(data.length / channels)
  let [lowest, highest] = [Infinity, -Infinity]
  for (let step = 0; step < steps; step++) {
    const value = data[step * channels] ?? 0
    lowest = Math.min(lowest, value)
    highest = Math.max(highest, value)
  }
  const range = highest - lowest || 1
  context.strokeStyle = colour
  context.lineWidth = 1.25
  context.beginPath()
  for (let step = 0; step < steps; step++) {
    const x = (step / Math.max(1, steps - 1)) * width
    const y = height - 3 - (((data[step * channels] ?? 0) - lowest) / range) * (height - 6)
    if (step === 0) context.moveTo(x, y)
    else context.lineTo(x, y)
  }
  context.stroke()
}

/** Maps of a series: a row a channel, time from left to right. */
function paintRows(
  context: CanvasRenderingContext2D,
  shape: Shape,
  data: Float32Array | Uint8Array,
  width: number,
  height: number,
) {
  const [steps = 1, channels = 1] = shape
  const shown = Math.min(channels, Math.floor(height / 2))
  const plane = { width: steps, height: shown, at: (row: number, step: number) => data[step * channels + row] ?? 0 }
  drawPlane(context, plane, limitOf(data), 'activation', { left: 0, top: 0, width, height })
}

/** The units of a layer without place, row by row. */
function paintCells(context: CanvasRenderingContext2D, data: Float32Array | Uint8Array, width: number, height: number) {
  const { columns, rows } = layOutCells(data.length, width, height)
  const cell = Math.min(width / columns, height / rows, 28)
  const limit = limitOf(data)
  const plane = { width: columns, height: rows, at: (row: number, column: number) => data[row * columns + column] ?? 0 }
  const box = { width: columns * cell, height: rows * cell }
  drawPlane(context, plane, limit, 'activation', {
    left: (width - box.width) / 2,
    top: (height - box.height) / 2,
    ...box,
  })
  const unused = columns * rows - data.length
  if (unused > 0) {
    const left = (width - box.width) / 2 + (columns - unused) * cell
    context.clearRect(left, (height - box.height) / 2 + (rows - 1) * cell, unused * cell, cell + 0.5)
  }
}

type Paint = () => void
const waiting = new Map<Element, Paint>()
let frame = 0

/** Paints with the next frame; what was asked for the same canvas before is dropped. */
export function schedulePaint(canvas: Element, paint: Paint) {
  waiting.set(canvas, paint)
  if (frame !== 0) return
  frame = requestAnimationFrame(() => {
    frame = 0
    const paints = [...waiting.values()]
    waiting.clear()
    for (const one of paints) one()
  })
}

export function cancelPaint(canvas: Element) {
  waiting.delete(canvas)
}

const watched = new WeakMap<Element, (visible: boolean) => void>()
let observer: IntersectionObserver | null = null

/** Tells when an element comes into the window or leaves it; gives back what stops that. */
export function watchVisible(element: Element, tell: (visible: boolean) => void): () => void {
  observer ??= new IntersectionObserver(
    (entries) => {
      for (const entry of entries) watched.get(entry.target)?.(entry.isIntersecting)
    },
    { rootMargin: '80px' },
  )
  watched.set(element, tell)
  observer.observe(element)
  return () => {
    watched.delete(element)
    observer?.unobserve(element)
  }
}
