import type { Shape } from '../graph/graph.ts'
import type { NodeTensor } from '../training/probe.ts'

/** Words at a place; `x` is their left end, or their middle where `isCentred`. */
export interface FigureText {
  readonly x: number
  readonly y: number
  readonly text: string
  readonly sizePx: number
  readonly isCentred: boolean
  readonly tone: 'strong' | 'plain' | 'quiet'
}

/** One map of one sample at one stage, or all its units as a row of cells; the input with all its channels. */
export interface FigurePlane {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly tensor: NodeTensor
  /** Null for the input, which is drawn as the picture it is. */
  readonly channel: number | null
}

/** A figure laid out in pixels, to be drawn on a canvas or written as SVG. */
export interface Figure {
  readonly width: number
  readonly height: number
  readonly texts: readonly FigureText[]
  readonly planes: readonly FigurePlane[]
}

export interface StagesFigureOptions {
  /** For each stage its layer's name, from the input on. */
  readonly stages: readonly { readonly node: string; readonly name: string }[]
  /** For each sample what stands above it, its outputs by stage, and what stands below it. */
  readonly samples: readonly {
    readonly title: string
    readonly maps: readonly NodeTensor[]
    readonly answer: string
  }[]
  /** "24 of 120" where not all maps are drawn. */
  readonly someOf: (shown: number, all: number) => string
}

const mostMaps = 24
const marginPx = 20
const gutterPx = 104
const blockPx = 400
const blockGapPx = 28
const rowGapPx = 18
const mapGapPx = 4
const largestMapPx = 132
const titlePx = 30

/** Rows are stages, as the courses print them: the input, C1, P1, … with name and shape; a block of maps for each sample. */
export function layOutStages({ stages, samples, someOf }: StagesFigureOptions): Figure {
  const texts: FigureText[] = []
  const planes: FigurePlane[] = []
  const leftOf = (sample: number) => marginPx + gutterPx + sample * (blockPx + blockGapPx)
  const text = (x: number, y: number, words: string, tone: FigureText['tone'], isCentred = false, sizePx = 12) =>
    texts.push({ x, y, text: words, sizePx, isCentred, tone })
  for (const [index, { title }] of samples.entries())
    text(leftOf(index) + blockPx / 2, marginPx + 12, shortened(title, blockPx, 13), 'strong', true, 13)
  let y = marginPx + titlePx
  for (const [stage, { node, name }] of stages.entries()) {
    let heightPx = 32
    const first = samples[0]?.maps.find((map) => map.node === node)
    if (first === undefined) continue
    for (const [index, { maps }] of samples.entries()) {
      const tensor = maps.find((map) => map.node === node)
      if (tensor === undefined) continue
      const placed = placeMaps(tensor, stage === 0)
      for (const plane of placed.planes) planes.push({ ...plane, x: leftOf(index) + plane.x, y: y + plane.y, tensor })
      heightPx = Math.max(heightPx, placed.height)
    }
    text(marginPx, y + 12, shortened(name, gutterPx - 12, 13), 'strong', false, 13)
    text(marginPx, y + 28, first.shape.join('×'), 'plain')
    const maps = first.shape.length > 1 && stage > 0 ? (first.shape.at(-1) ?? 1) : 1
    if (maps > mostMaps) text(marginPx, y + 44, someOf(mostMaps, maps), 'quiet', false, 11)
    y += Math.max(heightPx, maps > mostMaps ? 50 : 34) + rowGapPx
  }
  for (const [index, { answer }] of samples.entries())
    if (answer !== '') text(leftOf(index) + blockPx / 2, y + 10, answer, 'strong', true, 13)
  const hasAnswers = samples.some(({ answer }) => answer !== '')
  return {
    width: leftOf(samples.length) - blockGapPx + marginPx,
    height: y + (hasAnswers ? 16 : -rowGapPx) + marginPx,
    texts,
    planes,
  }
}

/** A name cut to a width by the usual widths of letters; those of Korean are as wide as they are high. */
function shortened(name: string, widthPx: number, sizePx: number): string {
  const widthOf = (letter: string) => (/[\u1100-\uffdc]/.test(letter) ? 1 : 0.6) * sizePx
  let used = 0
  const letters = Array.from(name)
  for (const [index, letter] of letters.entries()) {
    used += widthOf(letter)
    if (used > widthPx) return `${letters.slice(0, Math.max(1, index - 1)).join('')}…`
  }
  return name
}

interface PlacedMaps {
  readonly planes: readonly Omit<FigurePlane, 'tensor'>[]
  readonly height: number
}

/** Maps in as many columns as fill the block best, centred in it. */
function placeMaps({ shape }: NodeTensor, isInput: boolean): PlacedMaps {
  if (shape.length === 1) return { planes: [{ x: 0, y: 8, width: blockPx, height: 16, channel: 0 }], height: 32 }
  const count = isInput && shape.length === 3 ? 1 : Math.min(mostMaps, shape.at(-1) ?? 1)
  const aspect = shape.length === 3 ? (shape[0] ?? 1) / (shape[1] ?? 1) : 0.4
  const columns = count <= 8 ? count : Math.ceil(count / Math.ceil(count / 8))
  const width = Math.min(largestMapPx / Math.max(1, aspect), (blockPx - (columns - 1) * mapGapPx) / columns)
  const height = width * aspect
  const left = (blockPx - columns * width - (columns - 1) * mapGapPx) / 2
  return {
    planes: Array.from({ length: count }, (_, channel) => ({
      x: left + (channel % columns) * (width + mapGapPx),
      y: Math.floor(channel / columns) * (height + mapGapPx),
      width,
      height,
      channel: isInput && shape.length === 3 ? null : channel,
    })),
    height: Math.ceil(count / columns) * (height + mapGapPx) - mapGapPx,
  }
}

/** The figure as SVG; `imageOf` gives each plane as a data URL of one pixel a cell. */
export function writeFigure({ width, height, texts, planes }: Figure, imageOf: (plane: FigurePlane) => string): string {
  const round = (value: number) => String(Math.round(value * 100) / 100)
  const colours = { strong: '#17202b', plain: '#46525f', quiet: '#6a7683' }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${round(width)}" height="${round(height)}" viewBox="0 0 ${round(width)} ${round(height)}" font-family="Pretendard, system-ui, sans-serif">`,
    '<rect width="100%" height="100%" fill="#fff"/>',
    ...planes.map(
      (plane) =>
        `<image x="${round(plane.x)}" y="${round(plane.y)}" width="${round(plane.width)}" height="${round(plane.height)}" preserveAspectRatio="none" style="image-rendering:pixelated" href="${imageOf(plane)}"/>`,
    ),
    ...texts.map(
      ({ x, y, text, sizePx, isCentred, tone }) =>
        `<text x="${round(x)}" y="${round(y)}" font-size="${sizePx}" fill="${colours[tone]}"${tone === 'strong' ? ' font-weight="600"' : ''}${isCentred ? ' text-anchor="middle"' : ''}>${escaped(text)}</text>`,
    ),
    '</svg>',
    '',
  ].join('\n')
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`)
}

/** The rows and columns of cells that a plane is drawn from. */
export function cellsOf(shape: Shape): readonly [rows: number, columns: number] {
  if (shape.length === 3) return [shape[0] ?? 1, shape[1] ?? 1]
  return [1, shape[0] ?? 1]
}
