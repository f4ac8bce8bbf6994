export interface Column {
  readonly title: string
  readonly align?: 'right'
}

/** Lines of a table with aligned columns; numbers are grouped by thousands. */
export function formatTable(columns: readonly Column[], rows: readonly (readonly (string | number)[])[]): string[] {
  const cells = [columns.map(({ title }) => title), ...rows.map((row) => row.map(formatCell))]
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => displayWidth(row[index] ?? ''))))
  return cells.map((row) =>
    row
      .map((cell, index) => {
        const padding = ' '.repeat((widths[index] ?? 0) - displayWidth(cell))
        return columns[index]?.align === 'right' ? padding + cell : cell + padding
      })
      .join('  ')
      .trimEnd(),
  )
}

export function formatNumber(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 4 })
}

export function formatShape(shape: readonly number[]): string {
  return shape.join('×')
}

export function formatPercent(fraction: number | null): string {
  return fraction === null ? '–' : `${(fraction * 100).toFixed(1)} %`
}

function formatCell(value: string | number): string {
  return typeof value === 'number' ? formatNumber(value) : value
}

/** Korean and other wide letters take two columns of a terminal. */
function displayWidth(text: string): number {
  let width = 0
  for (const letter of text) width += /[ᄀ-ᅟ⺀-꓏가-힣豈-﫿︰-﹏＀-｠￠-￦]/u.test(letter) ? 2 : 1
  return width
}
