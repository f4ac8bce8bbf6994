import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { PNG } from 'pngjs'
import type { Result } from '../../common/result.ts'
import { failureIn, success } from '../../common/result.ts'
import type { NodeTensor } from '../../common/training/probe.ts'

/** One grey picture each for every filter of a kernel; a filter over several channels shows them side by side. */
export async function writeKernelPictures(out: string, model: string, kernel: NodeTensor): Promise<Result<string[]>> {
  const shape = kernel.shape.length === 3 ? [1, ...kernel.shape] : kernel.shape
  const [height = 1, width = 1, inputs = 1, outputs = 1] = shape
  const limit = kernel.data.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-12)
  const scale = enlargement(Math.max(height, width))
  return writeAll(out, outputs, (output) => {
    const columns = inputs * (width + 1) - 1
    const cells = new Float32Array(height * columns).fill(NaN)
    for (let row = 0; row < height; row++) {
      for (let input = 0; input < inputs; input++) {
        for (let column = 0; column < width; column++) {
          const value = kernel.data[((row * width + column) * inputs + input) * outputs + output] as number
          // Zero is middle grey, so that the sign can be seen.
          cells[row * columns + input * (width + 1) + column] = 0.5 + value / limit / 2
        }
      }
    }
    return {
      name: `${fileName(model)}-${fileName(kernel.node)}-kernel-${pad(output)}.png`,
      png: draw(cells, columns, height, scale),
    }
  })
}

/** One grey picture for every map of every node; each from its least to its greatest value. */
export async function writeMapPictures(
  out: string,
  model: string,
  maps: readonly NodeTensor[],
): Promise<Result<string[]>> {
  const files: string[] = []
  for (const map of maps) {
    const [height, width, channels] =
      map.shape.length === 3
        ? (map.shape as [number, number, number])
        : map.shape.length === 2
          ? [1, map.shape[0] as number, map.shape[1] as number]
          : [1, map.data.length, 1]
    const scale = enlargement(Math.max(height, width))
    const written = await writeAll(out, channels, (channel) => {
      const cells = new Float32Array(height * width)
      let least = Infinity
      let greatest = -Infinity
      for (let cell = 0; cell < cells.length; cell++) {
        const value = map.data[cell * channels + channel] as number
        cells[cell] = value
        least = Math.min(least, value)
        greatest = Math.max(greatest, value)
      }
      const range = greatest - least || 1
      const shown = cells.map((value) => (value - least) / range)
      return {
        name: `${fileName(model)}-${fileName(map.node)}-map-${pad(channel)}.png`,
        png: draw(shown, width, height, scale),
      }
    })
    if (!written.ok) return written
    files.push(...written.value)
  }
  return success(files)
}

async function writeAll(
  out: string,
  count: number,
  make: (index: number) => { readonly name: string; readonly png: Uint8Array },
): Promise<Result<string[]>> {
  const files: string[] = []
  try {
    await mkdir(out, { recursive: true })
    for (let index = 0; index < count; index++) {
      const { name, png } = make(index)
      const file = path.join(out, name)
      await writeFile(file, png)
      files.push(file)
    }
    return success(files)
  } catch (error) {
    return writeFault(error, out)
  }
}

/** Why pictures could not be written. */
export function writeFault(error: unknown, out: string): Result<never> {
  const { code } = error as { code?: string }
  if (code === 'ENOSPC')
    return failureIn('disk-full', { en: `There is no space left in ${out}.`, ko: `저장할 공간이 없습니다: ${out}` })
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return failureIn('no-permission', { en: `${out} cannot be written.`, ko: `쓸 수 없는 위치입니다: ${out}` })
  return failureIn(
    'internal',
    { en: `The pictures could not be written to ${out}.`, ko: `그림을 저장하지 못했습니다: ${out}` },
    String(error),
  )
}

/** Grey cells of 0…1 enlarged to squares; NaN is a white gap. */
function draw(cells: Float32Array, columns: number, rows: number, scale: number): Uint8Array {
  const png = new PNG({ width: columns * scale, height: rows * scale, colorType: 0 })
  for (let y = 0; y < rows * scale; y++) {
    for (let x = 0; x < columns * scale; x++) {
      const value = cells[Math.floor(y / scale) * columns + Math.floor(x / scale)] as number
      const shade = Number.isNaN(value) ? 255 : Math.round(Math.min(1, Math.max(0, value)) * 255)
      const place = (y * columns * scale + x) * 4
      png.data.fill(shade, place, place + 3)
      png.data[place + 3] = 255
    }
  }
  return PNG.sync.write(png, { colorType: 0 })
}

function enlargement(length: number): number {
  return Math.max(1, Math.floor(256 / length))
}

function fileName(id: string): string {
  return id.replace(/[^A-Za-z0-9_-]/g, '_')
}

function pad(index: number): string {
  return String(index).padStart(3, '0')
}
