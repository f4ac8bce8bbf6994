/** Pixels of 0…255, row-major, channels last. */
export interface Picture {
  readonly width: number
  readonly height: number
  readonly channels: number
  readonly values: Float32Array
}

/** Bilinear with antialiasing: when it shrinks, each pixel is the triangle-weighted mean of all that it covers. */
export function resizePicture(picture: Picture, width: number, height: number): Picture {
  if (picture.width === width && picture.height === height) return picture
  return turn(stretch(turn(stretch(picture, width)), height))
}

/** Changes the width. */
function stretch({ width: from, height, channels, values }: Picture, width: number): Picture {
  const scale = from / width
  const reach = Math.max(1, scale)
  const result = new Float32Array(width * height * channels)
  for (let column = 0; column < width; column++) {
    const centre = (column + 0.5) * scale
    const first = Math.max(0, Math.floor(centre - reach + 0.5))
    const last = Math.min(from, Math.floor(centre + reach + 0.5))
    const shares = Array.from({ length: last - first }, (_, index) =>
      Math.max(0, 1 - Math.abs(first + index + 0.5 - centre) / reach),
    )
    const total = shares.reduce((sum, share) => sum + share, 0)
    for (let row = 0; row < height; row++) {
      for (let channel = 0; channel < channels; channel++) {
        let sum = 0
        shares.forEach((share, index) => {
          sum += share * (values[(row * from + first + index) * channels + channel] as number)
        })
        result[(row * width + column) * channels + channel] = sum / total
      }
    }
  }
  return { width, height, channels, values: result }
}

/** Rows for columns. */
function turn({ width, height, channels, values }: Picture): Picture {
  const turned = new Float32Array(values.length)
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      for (let channel = 0; channel < channels; channel++) {
        turned[(column * height + row) * channels + channel] = values[
          (row * width + column) * channels + channel
        ] as number
      }
    }
  }
  return { width: height, height: width, channels, values: turned }
}
