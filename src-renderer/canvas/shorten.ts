/**
 * A text cut to so many units with an ellipsis, a wide (Korean) letter counting almost two. On the canvas this stands in
 * for the browser's own ellipsis: clipping every line of a thousand nodes would cost most of a frame.
 */
export function shorten(text: string, units: number): string {
  let used = 0
  let end = 0
  for (const letter of text) {
    used += unitOf(letter)
    if (used > units) return `${text.slice(0, end).trimEnd()}…`
    end += letter.length
  }
  return text
}

/** Two texts on one line of so many units, ellipses included: what one does not need of its half the other gets. */
export function sharedLine(first: string, second: string, units: number): readonly [string, string] {
  const fit = (text: string, room: number) => (unitsOf(text) <= room ? text : shorten(text, room - 1))
  const half = units / 2
  const shown = fit(first, Math.max(half, units - unitsOf(second)))
  return [shown, fit(second, units - unitsOf(shown))]
}

function unitsOf(text: string): number {
  let units = 0
  for (const letter of text) units += unitOf(letter)
  return units
}

function unitOf(letter: string): number {
  return letter > '\u1100' && letter !== '…' ? 1.7 : 1
}
