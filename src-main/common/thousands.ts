/** Narrow, and lines are not broken at it. */
const thinSpace = '\u202f'

/** A whole number with its thousands apart by thin spaces: "91 181". */
export function formatCount(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+(?!\d))/g, thinSpace)
}
