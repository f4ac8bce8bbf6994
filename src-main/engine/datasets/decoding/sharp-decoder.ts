import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import type sharpModule from 'sharp'
import { requireAtRunTime } from '../../backends/tensor-library.ts'
import type { PictureHeader } from './picture-header.ts'
import type { Pixels } from './pixels.ts'

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
      const picture = sharp(bytes, {
        limitInputPixels: mostPixels,
        failOn: 'truncated',
        sequentialRead: true,
        // CMYK has no other meaning than its profile's; all else is taken as it is, as Pillow does.
        ignoreIcc: header.components !== 4,
      })
      const orientation =
        header.kind === 'jpeg'
          ? header.orientation
          : header.kind === 'gif'
            ? 1
            : ((await picture.metadata()).orientation ?? 1)
      const { data, info } = await picture
        .timeout({ seconds: timeLimitSeconds })
        .flatten({ background: '#ffffff' })
        .toColourspace('srgb')
        .raw({ depth: 'uchar' })
        .toBuffer({ resolveWithObject: true })
      const channels = info.channels as number
      if (channels !== 1 && channels !== 3) throw new Error(`1 or 3 channels were expected. Received: ${channels}`)
      return { pixels: { width: info.width, height: info.height, channels, values: data }, orientation }
    },
  }
}
