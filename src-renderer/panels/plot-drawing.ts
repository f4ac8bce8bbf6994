import type uPlot from 'uplot'
import type { LegendEntry } from '../ui/drawing.ts'
import { framed } from '../ui/drawing.ts'
import type { Drawing } from '../ui/save-file.ts'
import { SvgContext } from '../ui/svg-context.ts'

/** What uPlot knows of an axis once it has been drawn; its types leave it out. */
interface DrawnAxis extends uPlot.Axis {
  readonly _splits?: readonly number[] | null
  readonly _values?: readonly (string | number | null)[] | null
}

interface DrawnPlot extends uPlot {
  readonly bands?: readonly uPlot.Band[]
}

/** A chart as it is on the screen, with everything that it draws by itself. */
export function plotDrawing(chart: uPlot, title: string, legend: readonly LegendEntry[] = []): Drawing {
  const ratio = devicePixelRatio
  const ctx = new SvgContext((text, font) => {
    const { ctx: canvas } = chart
    canvas.save()
    canvas.font = font
    const { width } = canvas.measureText(text)
    canvas.restore()
    return width
  })
  const drawn = Object.create(chart, { ctx: { value: ctx } }) as uPlot
  for (const draw of chart.hooks.drawClear ?? []) draw?.(drawn)
  drawAxes(chart, ctx)
  ctx.save()
  ctx.beginPath()
  const { left, top, width, height } = chart.bbox
  // Half a mark may stand out over the edge.
  ctx.rect(left - 4 * ratio, top - 4 * ratio, width + 8 * ratio, height + 8 * ratio)
  ctx.clip()
  for (const band of (chart as DrawnPlot).bands ?? []) drawBand(chart, ctx, band)
  for (let index = 1; index < chart.series.length; index++) drawSeries(chart, ctx, index)
  ctx.restore()
  for (const draw of chart.hooks.draw ?? []) draw?.(drawn)
  const frame = { widthPx: chart.width, heightPx: chart.height, title, unitsPerPx: ratio }
  return framed(ctx.text, frame, legend)
}

const colourOf = (value: unknown, chart: uPlot, index: number): string => {
  const told: unknown =
    typeof value === 'function' ? (value as (self: uPlot, index: number) => unknown)(chart, index) : value
  return typeof told === 'string' ? told : 'none'
}

function drawAxes(chart: uPlot, ctx: SvgContext) {
  const ratio = devicePixelRatio
  const { left, top, width, height } = chart.bbox
  ctx.save()
  ctx.font = `${11 * ratio}px sans-serif`
  chart.axes.forEach((axis: DrawnAxis, index) => {
    const isAcross = index === 0
    const gap = (axis.gap ?? 5) * ratio
    ctx.fillStyle = colourOf(axis.stroke, chart, index)
    ctx.strokeStyle = colourOf(axis.grid?.stroke, chart, index)
    ctx.lineWidth = (axis.grid?.width ?? 1) * ratio
    ctx.textAlign = isAcross ? 'center' : 'right'
    ctx.textBaseline = isAcross ? 'top' : 'middle'
    axis._splits?.forEach((split, place) => {
      const at = chart.valToPos(split, isAcross ? 'x' : 'y', true)
      ctx.beginPath()
      ctx.moveTo(isAcross ? at : left, isAcross ? top : at)
      ctx.lineTo(isAcross ? at : left + width, isAcross ? top + height : at)
      ctx.stroke()
      const label = axis._values?.[place] ?? ''
      if (label !== '') ctx.fillText(String(label), isAcross ? at : left - gap, isAcross ? top + height + gap : at)
    })
  })
  ctx.restore()
}

function placesOf(chart: uPlot, index: number): readonly (readonly [x: number, y: number] | null)[] {
  const [across = []] = chart.data
  const values = chart.data[index] ?? []
  const isSpanning = chart.series[index]?.spanGaps === true
  return [...across].flatMap((x, place): readonly (readonly [number, number] | null)[] => {
    const y = values[place]
    // Undefined is no point of this line, null a gap in it.
    if (y === undefined || (y === null && isSpanning)) return []
    return [y === null ? null : [chart.valToPos(x, 'x', true), chart.valToPos(y, 'y', true)]]
  })
}

function drawSeries(chart: uPlot, ctx: SvgContext, index: number) {
  const ratio = devicePixelRatio
  const series = chart.series[index]
  const places = placesOf(chart, index)
  if (!series || series.show === false || places.length === 0) return
  ctx.save()
  ctx.globalAlpha = series.alpha ?? 1
  ctx.strokeStyle = colourOf(series.stroke, chart, index)
  ctx.lineWidth = (series.width ?? 1) * ratio
  ctx.setLineDash((series.dash ?? []).map((length) => length * ratio))
  if (ctx.lineWidth > 0) {
    ctx.beginPath()
    places.forEach((place, at) => {
      if (!place) return
      if (places[at - 1]) ctx.lineTo(...place)
      else ctx.moveTo(...place)
    })
    ctx.stroke()
  }
  const { show, size = 5, width = 0, fill, stroke } = series.points ?? {}
  const isShown = typeof show === 'function' ? show(chart, index, 0, (chart.data[0]?.length ?? 1) - 1) : show === true
  if (isShown === true) {
    ctx.setLineDash([])
    ctx.fillStyle = colourOf(fill, chart, index)
    ctx.strokeStyle = colourOf(stroke, chart, index)
    ctx.lineWidth = width * ratio
    ctx.beginPath()
    for (const place of places) if (place) ctx.arc(place[0], place[1], ((size - width) / 2) * ratio)
    ctx.fill()
    if (width > 0) ctx.stroke()
  }
  ctx.restore()
}

function drawBand(chart: uPlot, ctx: SvgContext, { series: [upper, lower], fill }: uPlot.Band) {
  const outline = [...placesOf(chart, upper), ...[...placesOf(chart, lower)].reverse()].flatMap((place) =>
    place ? [place] : [],
  )
  ctx.fillStyle = colourOf(fill, chart, upper)
  ctx.beginPath()
  outline.forEach((place, at) => {
    if (at === 0) ctx.moveTo(...place)
    else ctx.lineTo(...place)
  })
  ctx.fill()
}
