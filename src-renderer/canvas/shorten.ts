/**
 * A text cut to so many units with an ellipsis, a wide (Korean) letter counting almost two. On the canvas this stands in
 * for the browser's own ellipsis: clipping every line of a thousand nodes would cost most of a frame.
 */
export function shorten(text: string, units: number): string {
  let used = 0
  let end = 0
  for (const letter of text) {
    used += letter > '\u1100' ? 1.7 : 1
    if (used > units) return `${text.slice(0, end).trimEnd()}…`
    end += letter.length
  }
  return text
}
