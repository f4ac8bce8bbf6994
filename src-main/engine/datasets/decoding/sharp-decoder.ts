import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import type sharpModule from 'sharp'
import { requireAtRunTime } from '../../backends/tensor-library.ts'
import type { PictureHeader } from './picture-header.ts'
import type { Pixels } from '../../../common/pictures/pixels.ts'

type Sharp = typeof sharpModule

export const mostPixels = 120_000_000
const timeLimitSeconds = 30
const loaders = ['VipsForeignLoadJpegBuffer', 'VipsForeignLoadPngBuffer', 'VipsForeignLoadWebpBuffer']
const moreLoaders = ['VipsForeignLoadNsgifBuffer', 'VipsForeignLoadTiffBuffer']

/** Every kind of picture but bitmaps, at full size, upright or not as it is stored. */
export interface SharpDecoder {
  readonly decode: (
    bytes: Uint8Array,
    header: PictureHeader,
  ) => Promise<{ readonly pixels: Pixels; readonly orientation: number }>
}

/**
 * sharp, or null where it is missing. Electron on Linux carries a GLib of its own that sharp's native build meets and
 * dies of; there it is its WebAssembly build, which `npm run setup` puts into `wasmFolder`.
 */
export function openSharpDecoder(wasmFolder: string): SharpDecoder | null {
  const isElectronOnLinux = process.versions['electron'] !== undefined && process.platform === 'linux'
  let sharp: Sharp
  try {
    if (isElectronOnLinux) {
      const manifest = path.join(wasmFolder, 'package.json')
      if (!existsSync(manifest)) return null
      sharp = createRequire(manifest)('sharp') as Sharp
    } else sharp = requireAtRunTime('sharp') as Sharp
  } catch {
    return null
  }
  sharp.cache(false)
  sharp.concurrency(1)
  // Nothing but what is asked for: every loader is a door.
  sharp.block({ operation: ['VipsForeignLoad'] })
  sharp.unblock({ operation: [...loaders, ...moreLoaders] })
  return {
    decode: async (bytes, header) => {
      // Profiles are left aside, as Pillow does.
      const picture = sharp(bytes, {
        limitInputPixels: mostPixels,
        failOn: 'truncated',
        sequentialRead: true,
        ignoreIcc: true,
      })
      const told = header.kind === 'jpeg' ? null : await picture.metadata()
      const orientation = told === null ? header.orientation : header.kind === 'gif' ? 1 : (told.orientation ?? 1)
      const isCmyk = header.components === 4 || told?.space === 'cmyk'
      const toned = isCmyk
        ? picture.pipelineColourspace('cmyk').toColourspace('cmyk')
        : picture.flatten({ background: '#ffffff' }).toColourspace('srgb')
      const { data, info } = await toned
        .timeout({ seconds: timeLimitSeconds })
        .raw({ depth: 'uchar' })
        .toBuffer({ resolveWithObject: true })
      const { width, height } = info
      const channels = info.channels as number
      if (isCmyk && channels === 4)
        return { pixels: { width, height, channels: 3, values: fromCmyk(data) }, orientation }
      if (channels !== 1 && channels !== 3) throw new Error(`1 or 3 channels were expected. Received: ${channels}`)
      return { pixels: { width, height, channels, values: data }, orientation }
    },
  }
}

/** Ink on white paper without any profile: (255 − ink) · (255 − black) / 255, as Pillow has it. */
function fromCmyk(values: Uint8Array): Uint8Array {
  const result = new Uint8Array((values.length / 4) * 3)
  for (let from = 0, to = 0; from < values.length; from += 4, to += 3) {
    const light = 255 - (values[from + 3] as number)
    for (let channel = 0; channel < 3; channel++)
      result[to + channel] = light - Math.round(((values[from + channel] as number) * light) / 255)
  }
  return result
}
