/** Bytes of 0…255, row-major, channels last: 1 grey, 3 red, green, blue, or 4 with opacity. */
export interface Pixels {
  readonly width: number
  readonly height: number
  readonly channels: 1 | 3 | 4
  readonly values: Uint8Array
}

/** What is transparent lies on white, as in every viewer. */
export function withoutAlpha({ width, height, channels, values }: Pixels): Pixels {
  if (channels !== 4) return { width, height, channels, values }
  const result = new Uint8Array(width * height * 3)
  for (let from = 0, to = 0; to < result.length; from += 4, to += 3) {
    const opacity = values[from + 3] as number
    for (let channel = 0; channel < 3; channel++)
      result[to + channel] = Math.round(((values[from + channel] as number) * opacity + 255 * (255 - opacity)) / 255)
  }
  return { width, height, channels: 3, values: result }
}

/** One channel by PIL's "L" (0.299 R + 0.587 G + 0.114 B in whole numbers), or three. */
export function withChannels(pixels: Pixels, channels: 1 | 3): Pixels {
  if (pixels.channels === channels) return pixels
  const { width, height, values } = pixels
  const result = new Uint8Array(width * height * channels)
  if (channels === 1) {
    for (let from = 0, to = 0; to < result.length; from += 3, to++)
      result[to] = luminance(values[from] as number, values[from + 1] as number, values[from + 2] as number)
  } else {
    for (let from = 0, to = 0; to < result.length; from++, to += 3) result.fill(values[from] as number, to, to + 3)
  }
  return { width, height, channels, values: result }
}

export function luminance(red: number, green: number, blue: number): number {
  return (19_595 * red + 38_470 * green + 7_471 * blue + 32_768) >> 16
}

/** A picture stored with an EXIF orientation (1…8) set upright. */
export function upright(pixels: Pixels, orientation: number): Pixels {
  if (orientation <= 1 || orientation > 8) return pixels
  const { width, height, channels, values } = pixels
  const isTurned = orientation >= 5
  const [outWidth, outHeight] = isTurned ? [height, width] : [width, height]
  const result = new Uint8Array(values.length)
  for (let row = 0; row < outHeight; row++) {
    for (let column = 0; column < outWidth; column++) {
      const [along, down] = isTurned ? [row, column] : [column, row]
      const isMirrored = orientation === 2 || orientation === 3 || orientation === 7 || orientation === 8
      const isUpended = orientation === 3 || orientation === 4 || orientation === 6 || orientation === 7
      const x = isMirrored ? width - 1 - along : along
      const y = isUpended ? height - 1 - down : down
      const from = (y * width + x) * channels
      result.set(values.subarray(from, from + channels), (row * outWidth + column) * channels)
    }
  }
  return { width: outWidth, height: outHeight, channels, values: result }
}
