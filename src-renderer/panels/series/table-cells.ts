import type { ColumnSummary } from '../../../src-main/common/data/columns.ts'
import type { ValueScales } from '../../../src-main/common/data/dataset.ts'

/** A column of the grid: one value of a sample, or all those that a column of words was spread into. */
export interface GridColumn {
  readonly title: string
  /** Places of its values in a sample. */
  readonly places: readonly number[]
  /** The word of each place; null for numbers. */
  readonly words: readonly string[] | null
}

/** The columns of a table as they stand in the file, or one for each value that a model gets. */
export function gridColumns(
  { inputs }: ValueScales,
  columns: readonly ColumnSummary[],
  view: 'file' | 'model',
): readonly GridColumn[] {
  if (view === 'model') return inputs.map(({ column }, place) => ({ title: column, places: [place], words: null }))
  const texts = columns.filter(({ kind }) => kind === 'text').map(({ name }) => name)
  const found: GridColumn[] = []
  for (const [place, { column }] of inputs.entries()) {
    const spread = texts.find((name) => column.startsWith(`${name} = `))
    const last = found.at(-1)
    if (spread === undefined) found.push({ title: column, places: [place], words: null })
    else {
      const word = column.slice(spread.length + 3)
      if (last?.words && last.title === spread)
        found[found.length - 1] = { ...last, places: [...last.places, place], words: [...last.words, word] }
      else found.push({ title: spread, places: [place], words: [word] })
    }
  }
  return found
}

/** One cell of a sample: in the file's unit, or as a model gets it. */
export function cellText(
  { places, words }: GridColumn,
  values: ArrayLike<number>,
  { inputs }: ValueScales,
  view: 'file' | 'model',
): string {
  if (words !== null) return words[places.findIndex((place) => (values[place] ?? 0) > 0.5)] ?? '–'
  const place = places[0] ?? 0
  const value = values[place] ?? 0
  const scale = inputs[place]
  return view === 'model' || scale === undefined
    ? String(Number(value.toFixed(4)))
    : String(Number((value * scale.range + scale.offset).toFixed(decimalsOf(scale.range))))
}

/** How many decimals hold after a number was scaled by `range` into a float32 and back. */
function decimalsOf(range: number): number {
  return Math.min(12, Math.max(0, Math.floor(6 - Math.log10(Math.abs(range) || 1))))
}
