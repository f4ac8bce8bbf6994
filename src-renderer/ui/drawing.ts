import { escaped } from '../../src-main/common/report/svg.ts'
import { formatCount } from './format.ts'
import type { Drawing } from './save-file.ts'

/** What SVG elements look like by, as attributes of other programs. */
const lookNames = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'opacity',
  'font-size',
  'font-weight',
  'text-anchor',
]
const initialLooks: Readonly<Record<string, string>> = {
  'fill-opacity': '1',
  stroke: 'none',
  'stroke-dasharray': 'none',
  opacity: '1',
  'font-weight': '400',
  'text-anchor': 'start',
}
const dropped = new Set(['class', 'style', 'role', ...lookNames])

/** The program's font, and those of the systems where it is not. */
export const drawingFonts = "Pretendard, system-ui, 'Malgun Gothic', 'Apple SD Gothic Neo', sans-serif"

export interface Frame {
  readonly widthPx: number
  readonly heightPx: number
  readonly title: string
  /** In the drawing's own units; the size on the screen where it is left out. */
  readonly unitsPerPx?: number
}

/** The theme's colour of what charts lie on, and of text. */
function themeColour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim()
}

/** A line beneath a drawing: what a colour stands for. */
export interface LegendEntry {
  readonly name: string
  /** A variable of the theme. */
  readonly colour: string
  readonly isDashed?: boolean
}

const titlePx = 26
const legendPx = 20
const swatchPx = 18
/** Letters are about that wide; Korean ones are wider. */
const letterPx = 6.8
const wideLetterPx = 12

/** A drawing under its title and over its legend, on the theme's background. */
export function framed(
  body: string,
  { widthPx, heightPx, title, unitsPerPx = 1 }: Frame,
  legend: readonly LegendEntry[] = [],
): Drawing {
  const rows: { readonly entry: LegendEntry; readonly x: number; readonly row: number }[] = []
  let [x, row] = [8, 0]
  for (const entry of legend) {
    const width =
      swatchPx +
      6 +
      Array.from(entry.name).reduce((sum, letter) => sum + (letter > '\u2fff' ? wideLetterPx : letterPx), 0)
    if (x > 8 && x + width > widthPx) [x, row] = [8, row + 1]
    rows.push({ entry, x, row })
    x += width + 16
  }
  const legendTop = titlePx + heightPx
  const whole = legendTop + (rows.length === 0 ? 0 : (row + 1) * legendPx + 6)
  const text = themeColour('--text')
  const entries = rows.map(({ entry, x: left, row: down }) => {
    const y = legendTop + down * legendPx + legendPx / 2
    const dashes = entry.isDashed === true ? ' stroke-dasharray="5 4"' : ''
    return `<path d="M${left} ${y}h${swatchPx}" stroke="${themeColour(entry.colour)}" stroke-width="2.5"${dashes}/><text x="${left + swatchPx + 6}" y="${y + 4}" fill="${text}" font-size="12">${escaped(entry.name)}</text>`
  })
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${widthPx}" height="${whole}" viewBox="0 0 ${widthPx} ${whole}" font-family="${drawingFonts}"><rect width="${widthPx}" height="${whole}" fill="${themeColour('--surface')}"/><text x="8" y="18" fill="${text}" font-size="13" font-weight="600">${escaped(title)}</text><g transform="translate(0 ${titlePx}) scale(${1 / unitsPerPx})">${body}</g>${entries.join('')}</svg>`
  return { svg, widthPx, heightPx: whole }
}

/** An SVG of the window with its styles written into it, so that it looks the same elsewhere. */
export function drawingOf(svg: SVGSVGElement, title: string, legend: readonly LegendEntry[] = []): Drawing {
  const { width, height } = svg.getBoundingClientRect()
  const body = [...svg.children].map(written).join('')
  return framed(body, { widthPx: Math.ceil(width), heightPx: Math.ceil(height), title }, legend)
}

/** A picture that already stands alone, with the size that it tells. */
export function graphDrawing(svg: string): Drawing {
  const [, width = '0', height = '0'] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg) ?? []
  return { svg, widthPx: Number(width), heightPx: Number(height) }
}

const barPx = { height: 22, left: 120, width: 480, right: 80 }

/** Bars with their names and counts. */
export function barDrawing(title: string, bars: readonly { readonly name: string; readonly count: number }[]): Drawing {
  const most = Math.max(1, ...bars.map(({ count }) => count))
  const { height, left, width, right } = barPx
  const [text, fill] = [themeColour('--text'), themeColour('--accent')]
  const body = bars.map(({ name, count }, index) => {
    const y = index * height
    const end = left + (count / most) * (width - left - right)
    return `<text x="${left - 8}" y="${y + 15}" text-anchor="end" font-size="12" fill="${text}">${escaped(name)}</text><rect x="${left}" y="${y + 4}" width="${end - left}" height="${height - 8}" fill="${fill}"/><text x="${end + 6}" y="${y + 15}" font-size="12" fill="${text}">${formatCount(count)}</text>`
  })
  return framed(body.join(''), { widthPx: width, heightPx: bars.length * height + 8, title })
}

function written(element: Element): string {
  const computed = getComputedStyle(element)
  const kept = [...element.attributes].flatMap(({ name, value }) =>
    dropped.has(name) || name.startsWith('data-') || name.startsWith('aria-') ? [] : [`${name}="${escaped(value)}"`],
  )
  const looks = lookNames.flatMap((name) => {
    const value = computed.getPropertyValue(name)
    return value === '' || value === initialLooks[name] ? [] : [`${name}="${escaped(value)}"`]
  })
  const tag = element.tagName
  const inside =
    element.children.length > 0 ? [...element.children].map(written).join('') : escaped(element.textContent)
  return `<${[tag, ...kept, ...looks].join(' ')}>${inside}</${tag}>`
}
