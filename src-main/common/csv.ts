/** One cell of a CSV file; what a spreadsheet would take for a formula is made harmless. */
export function csvCell(value: string | number | null): string {
  if (value === null) return ''
  const text = String(value)
  const harmless = /^[=+@-]/.test(text) && !Number.isFinite(Number(text)) ? `'${text}` : text
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}

/** Rows with their head first, numbers with all their figures. */
export function csvText(rows: readonly (readonly (string | number | null)[])[]): string {
  return rows.map((row) => row.map(csvCell).join(',') + '\n').join('')
}
