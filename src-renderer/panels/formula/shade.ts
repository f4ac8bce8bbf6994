import type { Palette } from '../../ui/tensor-picture.ts'
import { colourOf } from '../../ui/tensor-picture.ts'

/** The colour of a number on a scale that ends at `limit`, and the colour in which it can be read on it. */
export function shadeOf(
  value: number,
  limit: number,
  palette: Palette,
): { readonly background: string; readonly text: string } {
  const grey = Math.round(limit > 0 ? Math.max(0, Math.min(1, value / limit)) * 255 : 0)
  const background = palette === 'grey' ? `rgb(${grey} ${grey} ${grey})` : colourOf(value, limit, palette)
  const [red = 0, green = 0, blue = 0] = (background.match(/[\d.]+/g) ?? []).map(Number)
  // Relative luminance after WCAG 2; at 0.179 black and white contrast alike, and both by more than 4.5.
  const light = 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
  return { background, text: light > 0.179 ? '#000000' : '#ffffff' }
}

function linear(channel: number): number {
  const share = channel / 255
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
}
