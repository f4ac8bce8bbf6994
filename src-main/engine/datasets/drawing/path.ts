/** A closed outline as x, y, x, y, …; its inside is left of its direction or right of it, both count. */
export type Ring = readonly number[]
/** What is filled at once: rings whose union counts (nonzero winding), so they must run the same way round. */
export type Path = readonly Ring[]

export interface Point {
  readonly x: number
  readonly y: number
}

/** A rotation, a scale per axis and a shift, applied in the order scale, rotate, shift. */
export interface Placement {
  readonly x: number
  readonly y: number
  readonly scaleX: number
  readonly scaleY: number
  /** Radians, clockwise on a canvas whose y points down. */
  readonly angle: number
}

export function place(path: Path, { x, y, scaleX, scaleY, angle }: Placement): Path {
  const cosine = Math.cos(angle)
  const sine = Math.sin(angle)
  return path.map((ring) => {
    const placed = new Array<number>(ring.length)
    for (let index = 0; index < ring.length; index += 2) {
      const across = (ring[index] as number) * scaleX
      const down = (ring[index + 1] as number) * scaleY
      placed[index] = across * cosine - down * sine + x
      placed[index + 1] = across * sine + down * cosine + y
    }
    return placed
  })
}

export function ellipse(x: number, y: number, radiusX: number, radiusY: number, angle = 0, corners = 20): Path {
  const ring: number[] = []
  const cosine = Math.cos(angle)
  const sine = Math.sin(angle)
  for (let corner = 0; corner < corners; corner++) {
    const turn = (corner / corners) * 2 * Math.PI
    const across = Math.cos(turn) * radiusX
    const down = Math.sin(turn) * radiusY
    ring.push(x + across * cosine - down * sine, y + across * sine + down * cosine)
  }
  return [ring]
}

export function polygon(...points: readonly Point[]): Path {
  const ring = points.flatMap(({ x, y }) => [x, y])
  return [areaOf(ring) < 0 ? reversed(ring) : ring]
}

/** A quadratic curve from `from` to `to`, bent towards `bend`. */
export function curve(from: Point, bend: Point, to: Point, pieces = 6): readonly Point[] {
  return Array.from({ length: pieces + 1 }, (_, index) => {
    const t = index / pieces
    const a = (1 - t) * (1 - t)
    const b = 2 * t * (1 - t)
    return { x: a * from.x + b * bend.x + t * t * to.x, y: a * from.y + b * bend.y + t * t * to.y }
  })
}

/** A line of `width` with round ends and corners. */
export function stroke(points: readonly Point[], width: number): Path {
  const rings: Ring[] = []
  const half = width / 2
  points.forEach((point, index) => {
    rings.push(...ellipse(point.x, point.y, half, half, 0, 8))
    const next = points[index + 1]
    if (next === undefined) return
    const length = Math.hypot(next.x - point.x, next.y - point.y)
    if (length === 0) return
    const acrossX = (-(next.y - point.y) / length) * half
    const acrossY = ((next.x - point.x) / length) * half
    // This order runs the same way round as an ellipse, whatever the direction.
    rings.push([
      point.x + acrossX,
      point.y + acrossY,
      point.x - acrossX,
      point.y - acrossY,
      next.x - acrossX,
      next.y - acrossY,
      next.x + acrossX,
      next.y + acrossY,
    ])
  })
  return rings
}

/** The line around a path's rings: what lies between each ring widened and the same ring narrowed. */
export function outline(path: Path, width: number): Path {
  return path.flatMap((ring) => [widened(ring, width / 2), reversed(widened(ring, -width / 2))])
}

/** Moves every edge outwards; corners become no sharper than twice the distance. */
function widened(ring: Ring, distance: number): Ring {
  const count = ring.length / 2
  const x = (corner: number) => ring[((corner + count) % count) * 2] as number
  const y = (corner: number) => ring[((corner + count) % count) * 2 + 1] as number
  const moved: number[] = []
  for (let corner = 0; corner < count; corner++) {
    const before = normal(x(corner) - x(corner - 1), y(corner) - y(corner - 1))
    const after = normal(x(corner + 1) - x(corner), y(corner + 1) - y(corner))
    const acrossX = before.x + after.x
    const acrossY = before.y + after.y
    // Two unit normals add up to 2 cos(half the turn); dividing by its square keeps both edges at the distance.
    const stretch = 2 / Math.max(0.5, acrossX * acrossX + acrossY * acrossY)
    moved.push(x(corner) + acrossX * stretch * distance, y(corner) + acrossY * stretch * distance)
  }
  return moved
}

/** The outward unit normal of an edge of a ring that runs as `polygon` and `ellipse` make it. */
function normal(x: number, y: number): Point {
  const length = Math.hypot(x, y) || 1
  return { x: y / length, y: -x / length }
}

function areaOf(ring: Ring): number {
  let area = 0
  for (let index = 0; index < ring.length; index += 2) {
    const next = (index + 2) % ring.length
    area += (ring[index] as number) * (ring[next + 1] as number) - (ring[next] as number) * (ring[index + 1] as number)
  }
  return area
}

function reversed(ring: Ring): Ring {
  const turned: number[] = []
  for (let index = ring.length - 2; index >= 0; index -= 2)
    turned.push(ring[index] as number, ring[index + 1] as number)
  return turned
}
