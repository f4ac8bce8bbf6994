import type { ExportedModel } from '../export/exported-model.ts'
import { NODE_GAP_X, placeNodes } from '../graph/layout.ts'

/** Text inside HTML or SVG, also between quotation marks. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`)
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
      `<text class="name" x="${x + 10}" y="${y + 19}">${escaped(`${title} · ${definition.label}`.slice(0, 24))}</text>`,
      `<text x="${x + 10}" y="${y + 36}">${escaped(brief.slice(0, 28))}</text>`,
      `<text x="${x + 10}" y="${y + 53}">${outputShape.join('×')}${parameters > 0 ? ` · ${parameters.toLocaleString('en')}` : ''}</text>`,
    ]
    return `<rect class="box ${definition.kind}" x="${x + 1}" y="${y + 1}" width="${boxWidth - 2}" height="${boxHeight - 2}" rx="6"/>${rows.join('')}`
  })
  const style = options.standsAlone
    ? '<style>svg{background:#fff;font:12px Pretendard,system-ui,sans-serif}.box{fill:#f4f6f8;stroke:#6a7683}.wire{fill:none;stroke:#6a7683;stroke-width:1.5}text{fill:#46525f}.name{fill:#17202b;font-weight:600}</style>'
    : ''
  return `<svg class="graph" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${Math.round(width)} ${Math.round(height)}" width="${Math.round(width)}" role="img" aria-label="${escaped(model.name)}">${style}${wires.join('')}${drawn.join('')}</svg>`
}

export interface ChartLine {
  readonly name: string
  /** Which of the colours. */
  readonly colour: number
  readonly isDashed: boolean
  readonly points: readonly (readonly [x: number, y: number])[]
}

const chart = { width: 460, height: 260, left: 52, right: 12, top: 10, bottom: 34 }

/** Lines over epochs with axes and round numbers; lines without points are left out. */
export function lineChart(title: string, xTitle: string, given: readonly ChartLine[]): string {
  const lines = given
    .map((line) => ({ ...line, points: line.points.filter(([, y]) => Number.isFinite(y)) }))
    .filter(({ points }) => points.length > 0)
  if (lines.length === 0) return ''
  const all = lines.flatMap(({ points }) => points)
  const [least, greatest] = [Math.min(...all.map(([, y]) => y)), Math.max(...all.map(([, y]) => y))]
  const step = roundStep((greatest - least || Math.abs(greatest) || 1) / 4)
  const from = Math.floor(least / step) * step
  const to = Math.max(from + step, Math.ceil(greatest / step) * step)
  const first = Math.min(...all.map(([x]) => x))
  const last = Math.max(first + 1, ...all.map(([x]) => x))
  const xOf = (x: number) => chart.left + ((x - first) / (last - first)) * (chart.width - chart.left - chart.right)
  const yOf = (y: number) =>
    chart.height - chart.bottom - ((y - from) / (to - from)) * (chart.height - chart.top - chart.bottom)
  const round = (value: number) => Math.round(value * 10) / 10
  const marks = Array.from({ length: Math.round((to - from) / step) + 1 }, (_, index) => from + index * step)
  const columns = Math.max(1, Math.ceil((last - first) / 8))
  const epochs = Array.from({ length: Math.floor((last - first) / columns) + 1 }, (_, index) => first + index * columns)
  const digits = Math.max(0, Math.ceil(-Math.log10(step)))
  return [
    `<figure><figcaption>${escaped(title)}</figcaption><svg class="chart" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${chart.width} ${chart.height}" role="img" aria-label="${escaped(title)}">`,
    ...marks.map(
      (y) =>
        `<path class="grid" d="M${chart.left} ${round(yOf(y))}H${chart.width - chart.right}"/><text class="end" x="${chart.left - 6}" y="${round(yOf(y) + 4)}">${y.toFixed(digits)}</text>`,
    ),
    ...epochs.map(
      (x) => `<text class="middle" x="${round(xOf(x))}" y="${chart.height - chart.bottom + 16}">${x}</text>`,
    ),
    `<text class="middle" x="${(chart.left + chart.width) / 2}" y="${chart.height - 3}">${escaped(xTitle)}</text>`,
    ...lines.map(({ points, colour, isDashed }) => {
      const [only] = points
      if (points.length === 1 && only)
        return `<circle class="m${colour % 8} dot" cx="${round(xOf(only[0]))}" cy="${round(yOf(only[1]))}" r="3"/>`
      return `<polyline class="line m${colour % 8}${isDashed ? ' dashed' : ''}" points="${points.map(([x, y]) => `${round(xOf(x))},${round(yOf(y))}`).join(' ')}"/>`
    }),
    '</svg><ul class="legend">',
    ...lines.map(
      ({ name, colour, isDashed }) =>
        `<li><i class="m${colour % 8}${isDashed ? ' dashed' : ''}"></i>${escaped(name)}</li>`,
    ),
    '</ul></figure>',
  ].join('')
}

/** 1, 2 or 5 times a power of ten, at least as large. */
function roundStep(wanted: number): number {
  const power = 10 ** Math.floor(Math.log10(wanted))
  return ([1, 2, 5].find((factor) => factor * power >= wanted) ?? 10) * power
}
