/** Places of equal tiles in a strip, in pixels of the strip. */
export interface TileGrid {
  readonly count: number
  readonly columns: number
  readonly rows: number
  readonly tileWidth: number
  readonly tileHeight: number
  readonly gap: number
  readonly left: number
  readonly top: number
}

const MOST_ROWS = 4

/**
 * As few rows as hold all `wanted` tiles, at most four; what does not fit then is left out. `aspect` is a tile's
 * width by its height.
 */
export function layOutTiles(wanted: number, aspect: number, width: number, height: number, gap = 2): TileGrid {
  let rows = 1
  let tileHeight = height
  let capacity = 0
  for (; rows <= MOST_ROWS; rows++) {
    tileHeight = Math.min((height - (rows - 1) * gap) / rows, width / aspect)
    capacity = rows * Math.max(1, Math.floor((width + gap) / (tileHeight * aspect + gap)))
    if (capacity >= wanted) break
  }
  rows = Math.min(rows, MOST_ROWS)
  const count = Math.min(wanted, capacity)
  const columns = Math.max(1, Math.ceil(count / rows))
  const usedRows = Math.ceil(count / columns)
  const tileWidth = tileHeight * aspect
  const usedWidth = columns * tileWidth + (columns - 1) * gap
  const usedHeight = usedRows * tileHeight + (usedRows - 1) * gap
  return {
    count,
    columns,
    rows: usedRows,
    tileWidth,
    tileHeight,
    gap,
    left: (width - usedWidth) / 2,
    top: (height - usedHeight) / 2,
  }
}

/** Columns and rows of square cells that fill a strip best with `count` of them. */
export function layOutCells(count: number, width: number, height: number) {
  const columns = Math.min(count, Math.max(1, Math.ceil(Math.sqrt((count * width) / height))))
  return { columns, rows: Math.ceil(count / columns) }
}
