import { deriveSeed, randomSource } from '../../random.ts'
import type { Path, Point } from './path.ts'
import { curve, ellipse, outline, place, polygon, stroke } from './path.ts'
import { createRaster, fill, toBytes } from './raster.ts'

/** The ten kinds by label. */
export const shapeNames = [
  'circle',
  'square',
  'triangle',
  'star',
  'cross',
  'ring',
  'heart',
  'moon',
  'arrow',
  'hexagon',
] as const
export const shapeVersion = 2

type Colour = readonly [number, number, number]

/** One shape of `shapeNames[label]` in colour on a coloured ground: `size` × `size` × 3 values 0…255, row-major. */
export function drawColourShape(label: number, seed: number, size: number): Uint8Array {
  const random = randomSource(deriveSeed('colour shape', seed))
  const raster = createRaster(size, 3)
  const ground: Colour = [random.uniform(), random.uniform(), random.uniform()]
  let paint: Colour = [random.uniform(), random.uniform(), random.uniform()]
  // Told apart by lightness or by hue: a shape in the ground's own colour could be seen by nobody.
  while (distance(paint, ground) < 0.45) paint = [random.uniform(), random.uniform(), random.uniform()]
  const slope = random.between(-0.3, 0.3)
  const angle = random.between(0, 2 * Math.PI)
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const along = ((column + 0.5) / size - 0.5) * Math.cos(angle) + ((row + 0.5) / size - 0.5) * Math.sin(angle)
      for (let channel = 0; channel < 3; channel++) {
        raster.values[(row * size + column) * 3 + channel] = (ground[channel] as number) + slope * along
      }
    }
  }
  const blots = random.below(3)
  for (let blot = 0; blot < blots; blot++) {
    const path = ellipse(random.uniform(), random.uniform(), random.between(0.05, 0.25), random.between(0.05, 0.25))
    fill(raster, path, [random.uniform(), random.uniform(), random.uniform()], random.between(0.15, 0.4))
  }
  const scale = random.between(0.16, 0.36)
  const room = (0.5 - scale) * 0.9
  const path = place(outlineOf(label), {
    x: 0.5 + random.between(-room, room),
    y: 0.5 + random.between(-room, room),
    scaleX: scale * random.between(0.85, 1.15),
    scaleY: scale * random.between(0.85, 1.15),
    angle: random.normal() * 0.35,
  })
  // The line first: of a path with several rings only the outer half of it stays.
  if (random.uniform() < 0.35) fill(raster, outline(path, random.between(0.03, 0.08)), [random.between(0, 0.2)])
  fill(raster, path, paint)
  const strength = random.between(0.01, 0.06)
  for (let index = 0; index < raster.values.length; index++) {
    raster.values[index] = (raster.values[index] as number) + random.normal() * strength
  }
  return toBytes(raster)
}

function distance(a: Colour, b: Colour): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])
}

function regular(corners: number, radii: readonly number[]): Path {
  const points: Point[] = Array.from({ length: corners }, (_, corner) => {
    const turn = (corner / corners) * 2 * Math.PI - Math.PI / 2
    const radius = radii[corner % radii.length] as number
    return { x: Math.cos(turn) * radius, y: Math.sin(turn) * radius }
  })
  return polygon(...points)
}

/** The outline around the origin, about 1 in radius. */
function outlineOf(label: number): Path {
  switch (shapeNames[label]) {
    case 'square':
      return polygon({ x: -0.85, y: -0.85 }, { x: 0.85, y: -0.85 }, { x: 0.85, y: 0.85 }, { x: -0.85, y: 0.85 })
    case 'triangle':
      return regular(3, [1.1])
    case 'star':
      return regular(10, [1.1, 0.46])
    case 'cross':
      return [
        ...polygon({ x: -0.3, y: -1 }, { x: 0.3, y: -1 }, { x: 0.3, y: 1 }, { x: -0.3, y: 1 }),
        ...polygon({ x: -1, y: -0.3 }, { x: 1, y: -0.3 }, { x: 1, y: 0.3 }, { x: -1, y: 0.3 }),
      ]
    case 'ring': {
      const points = Array.from({ length: 25 }, (_, corner) => {
        const turn = (corner / 24) * 2 * Math.PI
        return { x: Math.cos(turn) * 0.78, y: Math.sin(turn) * 0.78 }
      })
      return stroke(points, 0.4)
    }
    case 'heart':
      return polygon(
        ...curve({ x: 0, y: 1 }, { x: -1.3, y: 0.1 }, { x: -0.95, y: -0.5 }),
        ...curve({ x: -0.95, y: -0.5 }, { x: -0.5, y: -1.2 }, { x: 0, y: -0.4 }),
        ...curve({ x: 0, y: -0.4 }, { x: 0.5, y: -1.2 }, { x: 0.95, y: -0.5 }),
        ...curve({ x: 0.95, y: -0.5 }, { x: 1.3, y: 0.1 }, { x: 0, y: 1 }),
      )
    case 'moon':
      return polygon(
        ...curve({ x: 0.35, y: -1 }, { x: -1.9, y: 0 }, { x: 0.35, y: 1 }, 12),
        ...curve({ x: 0.35, y: 1 }, { x: -0.65, y: 0 }, { x: 0.35, y: -1 }, 12),
      )
    case 'arrow':
      return [
        ...polygon({ x: 1.1, y: 0 }, { x: 0.1, y: 0.85 }, { x: 0.1, y: -0.85 }),
        ...polygon({ x: -1, y: -0.28 }, { x: 0.2, y: -0.28 }, { x: 0.2, y: 0.28 }, { x: -1, y: 0.28 }),
      ]
    case 'hexagon':
      return regular(6, [1])
    default:
      return ellipse(0, 0, 0.95, 0.95, 0, 28)
  }
}
