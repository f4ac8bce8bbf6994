import type { RandomSource } from '../../random.ts'
import { deriveSeed, randomSource } from '../../random.ts'
import type { Path, Placement, Point } from './path.ts'
import { curve, ellipse, outline, place, polygon, stroke } from './path.ts'
import type { Raster } from './raster.ts'
import { createRaster, fill, toBytes } from './raster.ts'

export type Animal = 'cat' | 'dog'

/** Raised whenever a drawing changes, so that caches of the old ones are not used. */
export const doodleVersion = 4

/** How one head is drawn, before its features. Shades are 0 (black) … 1 (white). */
interface Hand {
  readonly random: RandomSource
  readonly raster: Raster
  readonly placement: Placement
  readonly fur: number
  readonly light: number
  readonly dark: number
  readonly ink: number
  readonly lineWidth: number
  readonly filled: boolean
}

/** A drawing of a cat's or a dog's head, `size` × `size` grey values 0…255, row-major. The same seed gives the same drawing at any size. */
export function drawDoodle(animal: Animal, seed: number, size: number): Uint8Array {
  const random = randomSource(deriveSeed('doodle', seed))
  const raster = createRaster(size, 1)
  paintBackground(raster, random)
  const hand = chooseHand(raster, random)
  if (animal === 'cat') drawCat(hand)
  else drawDog(hand)
  addNoise(raster, random, seed)
  return toBytes(raster)
}

function paintBackground(raster: Raster, random: RandomSource): void {
  const shade = random.between(0.62, 0.95)
  const slope = random.between(-0.25, 0.25)
  const angle = random.between(0, 2 * Math.PI)
  const { size, values } = raster
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const along = ((column + 0.5) / size - 0.5) * Math.cos(angle) + ((row + 0.5) / size - 0.5) * Math.sin(angle)
      values[row * size + column] = shade + slope * along
    }
  }
  const blots = random.below(4)
  for (let blot = 0; blot < blots; blot++) {
    const path = ellipse(
      random.uniform(),
      random.uniform(),
      random.between(0.05, 0.3),
      random.between(0.05, 0.3),
      random.between(0, Math.PI),
    )
    fill(raster, path, [random.between(0.35, 1)], random.between(0.1, 0.45))
  }
}

function chooseHand(raster: Raster, random: RandomSource): Hand {
  const scale = random.between(0.23, 0.34)
  // Heads may touch the edge; ears and whiskers may leave the picture.
  const room = (0.5 - scale) * 0.62
  const backdrop = raster.values[Math.floor(raster.values.length / 2)] as number
  let fur = random.between(0.15, 0.95)
  // A head that the backdrop swallows could be told by nobody.
  if (Math.abs(fur - backdrop) < 0.15) fur = backdrop - random.between(0.2, 0.4)
  const isFilled = random.uniform() < 0.8
  // White lines on black animals, black ones else.
  const ink = isFilled && fur < 0.3 ? random.between(0.8, 1) : random.between(0, 0.18)
  return {
    random,
    raster,
    placement: {
      x: 0.5 + random.between(-room, room),
      y: 0.5 + random.between(-room, room),
      scaleX: scale * random.between(0.85, 1.15) * (random.uniform() < 0.5 ? -1 : 1),
      scaleY: scale * random.between(0.9, 1.1),
      angle: random.normal() * 0.2,
    },
    fur,
    light: Math.min(1, fur + random.between(0.12, 0.3)),
    dark: Math.max(0, fur - random.between(0.15, 0.35)),
    ink,
    lineWidth: random.between(0.05, 0.12),
    filled: isFilled,
  }
}

function paint(hand: Hand, path: Path, shade: number, opacity = 1): void {
  fill(hand.raster, place(path, hand.placement), [shade], opacity)
}

/** A filled part with its line; only the line where the drawing is not filled. */
function paintPart(hand: Hand, path: Path, shade: number): void {
  if (hand.filled) paint(hand, path, shade)
  paint(hand, outline(path, hand.lineWidth), hand.ink)
}

function line(hand: Hand, points: readonly Point[], width = hand.lineWidth): void {
  paint(hand, stroke(points, width), hand.ink)
}

function mirrored(points: readonly Point[], side: number): readonly Point[] {
  return points.map(({ x, y }) => ({ x: x * side, y }))
}

/** Pointed ears, a short muzzle with a small nose, slit pupils, whiskers. */
function drawCat(hand: Hand): void {
  const { random } = hand
  const width = random.between(0.92, 1.08)
  const height = random.between(0.74, 0.9)
  const earTip = { x: random.between(0.62, 0.95), y: random.between(-1.5, -1.15) }
  const folded = random.uniform() < 0.1
  for (const side of [-1, 1]) {
    const tip = folded ? { x: earTip.x + 0.15, y: -0.75 } : earTip
    const ear = mirrored(
      [
        { x: 0.12, y: -height * 0.85 },
        ...curve({ x: 0.2, y: -height * 0.95 }, { x: tip.x * 0.6, y: tip.y * 0.95 }, tip, 4),
        ...curve(tip, { x: tip.x + 0.12, y: tip.y * 0.6 }, { x: width * 0.92, y: -height * 0.3 }, 4),
      ],
      side,
    )
    paintPart(hand, polygon(...ear), hand.fur)
    if (!folded && hand.filled) {
      const inner = mirrored(
        [
          { x: 0.35, y: -height * 0.85 },
          { x: tip.x * 0.96, y: tip.y * 0.88 },
          { x: width * 0.78, y: -height * 0.5 },
        ],
        side,
      )
      paint(hand, polygon(...inner), random.uniform() < 0.5 ? hand.light : hand.dark)
    }
  }
  paintPart(hand, ellipse(0, 0, width, height), hand.fur)
  if (random.uniform() < 0.45) {
    for (const x of [-0.28, 0, 0.28])
      line(hand, [
        { x, y: -height * 0.92 },
        { x: x * 0.8, y: -height * 0.55 },
      ])
  }
  const eyeX = random.between(0.38, 0.5)
  const eyeY = random.between(-0.25, -0.08)
  const eyeHeight = random.between(0.15, 0.24)
  const asleep = random.uniform() < 0.1
  for (const side of [-1, 1]) {
    if (asleep) {
      line(
        hand,
        curve(
          { x: side * (eyeX - 0.18), y: eyeY },
          { x: side * eyeX, y: eyeY + 0.2 },
          { x: side * (eyeX + 0.18), y: eyeY },
        ),
      )
      continue
    }
    paint(hand, ellipse(side * eyeX, eyeY, 0.22, eyeHeight, side * -0.25), hand.ink > 0.5 ? 0.55 : 0.95)
    paint(hand, outline(ellipse(side * eyeX, eyeY, 0.22, eyeHeight, side * -0.25), hand.lineWidth * 0.6), hand.ink)
    paint(hand, ellipse(side * eyeX, eyeY, random.between(0.05, 0.09), eyeHeight * 0.95), 0.02)
  }
  const noseY = random.between(0.15, 0.28)
  const nose = random.between(0.09, 0.17)
  const shaven = random.uniform() < 0.15
  if (hand.filled && random.uniform() < 0.6) {
    for (const side of [-1, 1]) paint(hand, ellipse(side * 0.17, noseY + 0.22, 0.24, 0.18), hand.light)
  }
  paint(hand, polygon({ x: -nose, y: noseY }, { x: nose, y: noseY }, { x: 0, y: noseY + nose * 1.1 }), hand.ink)
  for (const side of [-1, 1]) {
    line(
      hand,
      curve({ x: 0, y: noseY + nose }, { x: side * 0.05, y: noseY + 0.32 }, { x: side * 0.27, y: noseY + 0.22 }, 4),
      hand.lineWidth * 0.8,
    )
    const whiskers = shaven ? 0 : 2 + random.below(2)
    const spread = random.between(0.1, 0.2)
    const reach = random.between(1.15, 1.5)
    for (let whisker = 0; whisker < whiskers; whisker++) {
      const y = noseY + 0.12 + whisker * 0.09
      line(
        hand,
        [
          { x: side * 0.42, y },
          { x: side * reach, y: y + (whisker - 0.8) * spread + random.between(-0.05, 0.05) },
        ],
        hand.lineWidth * 0.6,
      )
    }
  }
}

/** Hanging or rounded ears, a long snout with a big nose, round pupils, at times a tongue or a patch. */
function drawDog(hand: Hand): void {
  const { random } = hand
  const width = random.between(0.76, 0.94)
  const height = random.between(0.82, 0.98)
  const kind = random.uniform()
  const earShade = random.uniform() < 0.6 ? hand.dark : hand.fur
  const drawEars = () => {
    for (const side of [-1, 1]) {
      if (kind < 0.56) {
        const length = random.between(0.52, 0.78)
        const ear = ellipse(
          side * (width + 0.08),
          -0.12 + length * 0.35,
          random.between(0.24, 0.34),
          length,
          side * random.between(-0.4, -0.08),
        )
        paintPart(hand, ear, earShade)
      } else if (kind < 0.8) {
        paintPart(
          hand,
          ellipse(
            side * width * 0.75,
            -height * 0.82,
            random.between(0.28, 0.4),
            random.between(0.28, 0.42),
            side * 0.4,
          ),
          earShade,
        )
      } else {
        const tip = { x: random.between(0.6, 0.85), y: random.between(-1.4, -1.15) }
        const ear = [
          { x: 0.2, y: -height * 0.85 },
          { x: tip.x - 0.08, y: tip.y },
          { x: tip.x + 0.08, y: tip.y + 0.02 },
          { x: width, y: -height * 0.25 },
        ]
        paintPart(hand, polygon(...mirrored(ear, side)), earShade)
      }
    }
  }
  const earsBehind = kind >= 0.56 || random.uniform() < 0.4
  if (earsBehind) drawEars()
  paintPart(hand, ellipse(0, 0, width, height), hand.fur)
  if (!earsBehind) drawEars()
  const eyeX = random.between(0.32, 0.44)
  const eyeY = random.between(-0.38, -0.2)
  if (hand.filled && random.uniform() < 0.3) paint(hand, ellipse(eyeX, eyeY, 0.3, 0.34, 0.3), hand.dark)
  const snoutY = random.between(0.42, 0.58)
  const snoutWidth = random.between(0.46, 0.6)
  const snoutHeight = random.between(0.42, 0.6)
  if (random.uniform() < 0.4) {
    const length = random.between(0.3, 0.45)
    paint(hand, ellipse(0, snoutY + snoutHeight * 0.8 + length * 0.4, 0.18, length), hand.ink > 0.5 ? 0.7 : 0.6)
    paint(
      hand,
      outline(ellipse(0, snoutY + snoutHeight * 0.8 + length * 0.4, 0.18, length), hand.lineWidth * 0.7),
      hand.ink,
    )
  }
  paintPart(hand, ellipse(0, snoutY, snoutWidth, snoutHeight), hand.light)
  for (const side of [-1, 1]) {
    const radius = random.between(0.11, 0.16)
    paint(hand, ellipse(side * eyeX, eyeY, radius * 1.25, radius * 1.25), hand.ink > 0.5 ? 0.55 : 0.95)
    paint(hand, ellipse(side * eyeX, eyeY, radius, radius), 0.02)
    paint(hand, ellipse(side * eyeX + 0.04, eyeY - 0.05, 0.04, 0.04), 1)
  }
  const noseY = snoutY - snoutHeight * random.between(0.35, 0.6)
  const nose = random.between(0.2, 0.29)
  paint(hand, ellipse(0, noseY, nose, nose * 0.72), Math.min(hand.ink, 0.06))
  line(
    hand,
    [
      { x: 0, y: noseY },
      { x: 0, y: snoutY + snoutHeight * 0.3 },
    ],
    hand.lineWidth * 0.8,
  )
  for (const side of [-1, 1]) {
    line(
      hand,
      curve(
        { x: 0, y: snoutY + snoutHeight * 0.3 },
        { x: side * 0.2, y: snoutY + snoutHeight * 0.75 },
        { x: side * snoutWidth * 0.75, y: snoutY + snoutHeight * 0.2 },
        5,
      ),
      hand.lineWidth * 0.8,
    )
  }
}

/** Grain, and a few strokes that belong to nothing. The grain follows the size, not the place, so it stays a detail. */
function addNoise(raster: Raster, random: RandomSource, seed: number): void {
  // Something in the way: a leaf, a thumb, a corner of a table.
  if (random.uniform() < 0.3) {
    const hidden = ellipse(
      random.uniform(),
      random.uniform(),
      random.between(0.08, 0.2),
      random.between(0.08, 0.2),
      random.between(0, Math.PI),
    )
    fill(raster, hidden, [random.uniform()])
  }
  const scratches = random.below(4)
  for (let scratch = 0; scratch < scratches; scratch++) {
    const from = { x: random.uniform(), y: random.uniform() }
    const to = { x: from.x + random.between(-0.35, 0.35), y: from.y + random.between(-0.35, 0.35) }
    fill(raster, stroke([from, to], random.between(0.01, 0.03)), [random.uniform()], random.between(0.4, 0.9))
  }
  const strength = random.between(0.02, 0.13)
  const grain = randomSource(deriveSeed('grain', seed))
  for (let index = 0; index < raster.values.length; index++) {
    raster.values[index] = (raster.values[index] as number) + grain.normal() * strength
  }
}
