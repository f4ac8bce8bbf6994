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

/** The rows of a grid that have to exist: those in view and one on either side, `last` excluded. */
export function rowsInView(
  scroll: { readonly topPx: number; readonly heightPx: number },
  stepPx: number,
  rows: number,
) {
  return {
    first: Math.max(0, Math.floor(scroll.topPx / stepPx) - 1),
    last: Math.min(rows, Math.ceil((scroll.topPx + scroll.heightPx) / stepPx) + 1),
  }
}

/** By how many places a key moves in a grid; undefined for keys that move nothing. */
export function moveOfKey(key: string, columns: number, pageRows: number): number | undefined {
  const moves: Readonly<Record<string, number>> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -columns,
    ArrowDown: columns,
    PageUp: -pageRows * columns,
    PageDown: pageRows * columns,
    Home: -Infinity,
    End: Infinity,
  }
  return moves[key]
}

/** Scrolls as little as shows a row whole; `edgePx` stays free below it. */
export function revealRow(scroller: HTMLElement, row: number, stepPx: number, edgePx = 0): void {
  const top = row * stepPx
  const { clientHeight, scrollTop } = scroller
  if (top < scrollTop) scroller.scrollTop = top
  else if (top + stepPx > scrollTop + clientHeight) scroller.scrollTop = top + stepPx + edgePx - clientHeight
}
