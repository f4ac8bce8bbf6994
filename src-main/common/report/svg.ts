import type { ExportedModel } from '../export/exported-model.ts'
import { NODE_GAP_X, placeNodes } from '../graph/layout.ts'
import { keptApart } from '../kept-apart.ts'
import { formatCount } from '../thousands.ts'
import { seriesColours } from './style.ts'

/** Text inside HTML or SVG, also between quotation marks. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`)
}

/** What would run out of its box ends in an ellipsis. */
function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`
}

const boxWidth = 168
const boxHeight = 62
const rowScale = 0.55

/** The layers and wires of a model, laid out from left to right; long chains go on in further rows. */
export function graphPicture({ model, layers }: ExportedModel, options: { readonly standsAlone: boolean }): string {
  const places = placeNodes(model)
  const most = 5
  const columnWidth = boxWidth + NODE_GAP_X / 2
  const isChain = layers.every(({ inputs }, index) => index === 0 || inputs.join() === layers[index - 1]?.name)
  const at = (index: number, id: string) => {
    if (isChain) return { x: (index % most) * columnWidth, y: Math.floor(index / most) * (boxHeight + 30) }
    const { x = 0, y = 0 } = places.get(id) ?? {}
    return { x: (x / (boxWidth + NODE_GAP_X)) * columnWidth, y: y * rowScale }
  }
  const boxes = layers.map((layer, index) => ({ layer, ...at(index, layer.id) }))
  const byName = new Map(boxes.map((box) => [box.layer.name, box]))
  const width = Math.max(...boxes.map(({ x }) => x)) + boxWidth + 2
  const height = Math.max(...boxes.map(({ y }) => y)) + boxHeight + 2
  const wires = boxes.flatMap(({ layer, x, y }) =>
    layer.inputs.flatMap((name) => {
      const from = byName.get(name)
      if (from === undefined) return []
      if (isChain && y > from.y) {
        const turn = from.y + boxHeight + 15
        return [
          `<path class="wire" d="M${from.x + boxWidth / 2} ${from.y + boxHeight}V${turn}H${x + boxWidth / 2}V${y}"/>`,
        ]
      }
      const [left, top, right, bottom] = [from.x + boxWidth, from.y + boxHeight / 2, x, y + boxHeight / 2]
      const middle = (left + right) / 2
      return [`<path class="wire" d="M${left} ${top}C${middle} ${top} ${middle} ${bottom} ${right} ${bottom}"/>`]
    }),
  )
  const drawn = boxes.map(({ layer, x, y }) => {
    const { definition, params, title, outputShape, parameters, node } = layer
    const brief = node.layer === 'input' ? '' : definition.brief(params)
    const rows = [
      `<text class="name" x="${x + 10}" y="${y + 19}">${escaped(shortened(`${title} · ${definition.label}`, 24))}</text>`,
      `<text x="${x + 10}" y="${y + 36}">${escaped(shortened(brief, 28))}</text>`,
      `<text x="${x + 10}" y="${y + 53}">${outputShape.join('×')}${parameters > 0 ? ` · ${formatCount(parameters)}` : ''}</text>`,
    ]
    return `<rect class="box ${definition.kind}" x="${x + 1}" y="${y + 1}" width="${boxWidth - 2}" height="${boxHeight - 2}" rx="6"/>${rows.join('')}`
  })
  const style = options.standsAlone
    ? '<style>svg{background:#fff;font:12px Pretendard,system-ui,sans-serif}.box{fill:#f4f6f8;stroke:#6a7683}.wire{fill:none;stroke:#6a7683;stroke-width:1.5}text{fill:#46525f}.name{fill:#17202b;font-weight:600}</style>'
    : ''
  return `<svg class="graph" data-generator="Convas" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${Math.round(width)} ${Math.round(height)}" width="${Math.round(width)}" role="img" aria-label="${escaped(model.name)}">${style}${wires.join('')}${drawn.join('')}</svg>`
}

export interface ChartLine {
  /** Written at its end. */
  readonly letter: string
  /** Which of the colours and marks. */
  readonly index: number
  /** Dashed lines have a mark at each point. */
  readonly isDashed: boolean
  readonly points: readonly (readonly [x: number, y: number])[]
}

export interface ChartTitles {
  readonly title: string
  readonly x: string
}

const chart = { width: 460, height: 260, left: 52, right: 26, top: 10, bottom: 38 }
const letterHeight = 13

/** Lines over two axes with round numbers; each has its letter and its marks, for paper has no colour. Lines without points are left out. */
export function lineChart({ title, x: xTitle }: ChartTitles, given: readonly ChartLine[]): string {
  const lines = given
    .map((line) => ({ ...line, points: line.points.filter(([, y]) => Number.isFinite(y)) }))
    .filter(({ points }) => points.length > 0)
  if (lines.length === 0) return ''
  const all = lines.flatMap(({ points }) => points)
  const [least, greatest] = [Math.min(...all.map(([, y]) => y)), Math.max(...all.map(([, y]) => y))]
  const step = roundStep((greatest - least || Math.abs(greatest) || 1) / 4)
  const from = Math.floor(least / step) * step
  const to = Math.max(from + step, Math.ceil(greatest / step) * step)
  const places = all.map(([x]) => x)
  const first = Math.min(...places)
  const isWhole = places.every(Number.isInteger)
  const last = Math.max(first + (isWhole ? 1 : 1e-9), ...places)
  const column = Math.max(isWhole ? 1 : 0, roundStep((last - first) / 8))
  const xOf = (x: number) => chart.left + ((x - first) / (last - first)) * (chart.width - chart.left - chart.right)
  const yOf = (y: number) =>
    chart.height - chart.bottom - ((y - from) / (to - from)) * (chart.height - chart.top - chart.bottom)
  const columns = marksBetween(first, last, column)
  const letters = apart(
    lines.flatMap(({ letter, index, points }, place) => {
      // One letter a model: at the end of its last line.
      const [x, y] = points.at(-1) ?? [0, 0]
      const isLast = !lines.slice(place + 1).some((other) => other.letter === letter)
      return isLast ? [{ letter, index, x: xOf(x), y: yOf(y) }] : []
    }),
  )
  return [
    `<figure><figcaption>${escaped(title)}</figcaption><svg class="chart" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${chart.width} ${chart.height}" role="img" aria-label="${escaped(title)}">`,
    ...marksBetween(from, to, step).map(
      (y) =>
        `<path class="grid" d="M${chart.left} ${tenth(yOf(y))}H${chart.width - chart.right}"/><text class="end" x="${chart.left - 6}" y="${tenth(yOf(y) + 4)}">${markText(y, step)}</text>`,
    ),
    ...columns.map(
      (x) =>
        `<text class="middle" x="${tenth(xOf(x))}" y="${chart.height - chart.bottom + 16}">${markText(x, column)}</text>`,
    ),
    `<text class="middle" x="${(chart.left + chart.width - chart.right) / 2}" y="${chart.height - 4}">${escaped(xTitle)}</text>`,
    ...lines.map(({ points, index, isDashed }) => {
      const at = points.map(([x, y]) => [tenth(xOf(x)), tenth(yOf(y))] as const)
      // Marks of long lines would run into one another.
      const every = Math.ceil(at.length / 20)
      const marked = isDashed || at.length === 1 ? at.filter((_, place) => place % every === 0) : []
      const line = `<polyline class="line${isDashed ? ' dashed' : ''}" points="${at.map((point) => point.join()).join(' ')}"/>`
      return `<g class="m${index % seriesColours}">${at.length > 1 ? line : ''}${marked.map(([x, y]) => markAt(index, x, y)).join('')}</g>`
    }),
    ...letters.map(
      ({ letter, index, x, y }) =>
        `<text class="letter m${index % seriesColours}" x="${tenth(x + 8)}" y="${tenth(y + 4)}">${escaped(letter)}</text>`,
    ),
    '</svg></figure>',
  ].join('')
}

const tenth = (value: number) => Math.round(value * 10) / 10

/** Multiples of `step` from `from` to `to`. */
function marksBetween(from: number, to: number, step: number): readonly number[] {
  const [first, last] = [Math.ceil(from / step - 1e-9), Math.floor(to / step + 1e-9)]
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step)
}

function markText(value: number, step: number): string {
  const text = Math.abs(value).toFixed(Math.max(0, Math.ceil(-Math.log10(step) - 1e-9)))
  return value < 0 && Number(text) !== 0 ? `−${text}` : text
}

/** Circle, square, triangle and diamond by turns. */
function markAt(index: number, x: number, y: number): string {
  if (index % 4 === 0) return `<circle class="mark" cx="${x}" cy="${y}" r="3"/>`
  const outlines = ['', 'm-3 -3h6v6h-6z', 'm0 -4l4 7h-8z', 'm0 -4l4 4l-4 4l-4 -4z']
  return `<path class="mark" d="M${x} ${y}${outlines[index % 4]}"/>`
}

/** Letters that would lie over one another are moved apart, and stay within the chart. */
function apart<T extends { readonly y: number }>(letters: readonly T[]): readonly T[] {
  const ys = keptApart(
    letters.map(({ y }) => y),
    letterHeight,
    -Infinity,
    chart.height - chart.bottom,
  )
  return letters.map((letter, index) => ({ ...letter, y: ys[index] as number }))
}

/** 1, 2 or 5 times a power of ten, at least as large. */
function roundStep(wanted: number): number {
  const power = 10 ** Math.floor(Math.log10(wanted))
  return ([1, 2, 5].find((factor) => factor * power >= wanted) ?? 10) * power
}
