import { escaped } from '../../src-main/common/report/svg.ts'

type Drawn = Pick<
  CanvasRenderingContext2D,
  | 'save'
  | 'restore'
  | 'beginPath'
  | 'rect'
  | 'clip'
  | 'moveTo'
  | 'lineTo'
  | 'arc'
  | 'stroke'
  | 'fill'
  | 'fillRect'
  | 'strokeRect'
  | 'fillText'
  | 'setLineDash'
> & {
  strokeStyle: string
  fillStyle: string
  lineWidth: number
  globalAlpha: number
  font: string
  textAlign: CanvasTextAlign
  textBaseline: CanvasTextBaseline
  readonly measureText: (text: string) => Pick<TextMetrics, 'width'>
}

interface Look {
  readonly strokeStyle: string
  readonly fillStyle: string
  readonly lineWidth: number
  readonly globalAlpha: number
  readonly font: string
  readonly textAlign: CanvasTextAlign
  readonly textBaseline: CanvasTextBaseline
  readonly dashes: readonly number[]
  readonly clip: string | null
}

const anchors: Readonly<Partial<Record<CanvasTextAlign, string>>> = { center: 'middle', right: 'end', end: 'end' }

/** Writes down as SVG what charts draw on a canvas by themselves; only what they do use is known. */
export class SvgContext implements Drawn {
  strokeStyle = '#000'
  fillStyle = '#000'
  lineWidth = 1
  globalAlpha = 1
  font = '10px sans-serif'
  textAlign: CanvasTextAlign = 'start'
  textBaseline: CanvasTextBaseline = 'alphabetic'
  #dashes: readonly number[] = []
  #clip: string | null = null
  #path = ''
  #saved: Look[] = []
  #parts: string[] = []
  #clips = 0

  /** `measureText` tells how wide a text is in a font. */
  readonly measureText: (text: string) => { readonly width: number }

  constructor(measure: (text: string, font: string) => number) {
    this.measureText = (text) => ({ width: measure(text, this.font) })
  }

  get text() {
    return this.#parts.join('')
  }

  /** SVG that was made elsewhere, in its place among the rest. */
  add(svg: string) {
    this.#parts.push(svg)
  }

  save() {
    const { strokeStyle, fillStyle, lineWidth, globalAlpha, font, textAlign, textBaseline } = this
    const look = { strokeStyle, fillStyle, lineWidth, globalAlpha, font, textAlign, textBaseline }
    this.#saved.push({ ...look, dashes: this.#dashes, clip: this.#clip })
  }
  restore() {
    const look = this.#saved.pop()
    if (!look) return
    const { dashes, clip, ...rest } = look
    Object.assign(this, rest)
    this.#dashes = dashes
    this.#clip = clip
  }

  beginPath() {
    this.#path = ''
  }
  rect(x: number, y: number, width: number, height: number) {
    this.#path += `M${n(x)} ${n(y)}h${n(width)}v${n(height)}h${n(-width)}z`
  }
  moveTo(x: number, y: number) {
    this.#path += `M${n(x)} ${n(y)}`
  }
  lineTo(x: number, y: number) {
    this.#path += `L${n(x)} ${n(y)}`
  }
  /** Whole circles. */
  arc(x: number, y: number, radius: number) {
    const half = `a${n(radius)} ${n(radius)} 0 1 0`
    this.#path += `M${n(x - radius)} ${n(y)}${half} ${n(2 * radius)} 0${half} ${n(-2 * radius)} 0z`
  }
  clip() {
    this.#clips += 1
    this.#clip = `clip-${this.#clips}`
    this.#parts.push(`<clipPath id="${this.#clip}"><path d="${this.#path}"/></clipPath>`)
  }

  stroke() {
    this.#parts.push(`<path d="${this.#path}" fill="none"${this.#stroke()}${this.#rest()}/>`)
  }
  fill() {
    this.#parts.push(`<path d="${this.#path}" fill="${escaped(this.fillStyle)}"${this.#rest()}/>`)
  }
  fillRect(x: number, y: number, width: number, height: number) {
    this.#alone(
      () => this.rect(x, y, width, height),
      () => this.fill(),
    )
  }
  strokeRect(x: number, y: number, width: number, height: number) {
    this.#alone(
      () => this.rect(x, y, width, height),
      () => this.stroke(),
    )
  }
  fillText(text: string, x: number, y: number) {
    const size = Number(/([\d.]+)px/.exec(this.font)?.[1] ?? 10)
    const weight = /^(\d{3})\s/.exec(this.font)?.[1]
    const anchor = anchors[this.textAlign]
    const down = this.textBaseline === 'middle' ? size * 0.35 : this.textBaseline === 'top' ? size * 0.85 : 0
    this.#parts.push(
      `<text x="${n(x)}" y="${n(y + down)}" font-size="${n(size)}"${weight ? ` font-weight="${weight}"` : ''}${anchor ? ` text-anchor="${anchor}"` : ''} fill="${escaped(this.fillStyle)}"${this.#rest()}>${escaped(text)}</text>`,
    )
  }
  setLineDash(dashes: number[]) {
    this.#dashes = dashes
  }

  #alone(trace: () => void, draw: () => void) {
    const before = this.#path
    this.#path = ''
    trace()
    draw()
    this.#path = before
  }
  #stroke() {
    const dashes = this.#dashes.length > 0 ? ` stroke-dasharray="${this.#dashes.map(n).join(' ')}"` : ''
    return ` stroke="${escaped(this.strokeStyle)}" stroke-width="${n(this.lineWidth)}"${dashes}`
  }
  #rest() {
    const alpha = this.globalAlpha === 1 ? '' : ` opacity="${this.globalAlpha}"`
    return alpha + (this.#clip === null ? '' : ` clip-path="url(#${this.#clip})"`)
  }
}

const n = (value: number) => String(Math.round(value * 100) / 100)
