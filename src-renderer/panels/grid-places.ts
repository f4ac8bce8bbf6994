/** Cells in rows: how many there are, how many to a row, and from one to the next. */
export interface GridCells {
  readonly total: number
  readonly columns: number
  readonly stepPx: number
  /** The cell without the gap to the next. */
  readonly sizePx: number
}

export interface Box {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** Places whose cells a box touches, in order; the box is in the grid's own pixels. */
export function placesInBox({ left, top, right, bottom }: Box, cells: GridCells): readonly number[] {
  const { total, columns, stepPx, sizePx } = cells
  const first = (edge: number) =>
    Math.max(0, Math.floor(edge / stepPx) + (edge - Math.floor(edge / stepPx) * stepPx > sizePx ? 1 : 0))
  const last = (edge: number) => Math.floor(edge / stepPx)
  const places: number[] = []
  for (let row = first(top); row <= last(bottom); row++) {
    for (let column = first(left); column <= Math.min(columns - 1, last(right)); column++) {
      const place = row * columns + column
      if (place < total) places.push(place)
    }
  }
  return places
}
