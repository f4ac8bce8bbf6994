/** A cell of a picture or map; both count from 0. */
export interface CellPlace {
  readonly row: number
  readonly column: number
}

const arrows: Readonly<Record<string, readonly [down: number, across: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
}

/** By how many rows and columns an arrow key moves a cursor; undefined for other keys. */
export function moveOfArrow(key: string): readonly [down: number, across: number] | undefined {
  return arrows[key]
}

/** The cell that a move leads to, at the farthest one at the edge. */
export function movedWithin(
  { row, column }: CellPlace,
  [down, across]: readonly [down: number, across: number],
  height: number,
  width: number,
): CellPlace {
  return {
    row: Math.max(0, Math.min(height - 1, row + down)),
    column: Math.max(0, Math.min(width - 1, column + across)),
  }
}
