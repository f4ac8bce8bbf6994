import path from 'node:path'
import type { ExitCode } from './outcome.ts'
import { exitCodes, print, reportFailure } from './outcome.ts'
import type { Surroundings } from './surroundings.ts'
import { askWorkbench, findRunFolder } from './workbench.ts'

export interface MapsOptions {
  readonly image: readonly string[]
  readonly out?: string
  readonly figure?: string
}

/** Writes the activation maps of a picture as PNG files and tells how many of each layer; or those of up to four as one figure. */
export async function maps(
  run: string,
  { image, out, figure }: MapsOptions,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const fault = faultOf({ image, ...(out !== undefined && { out }), ...(figure !== undefined && { figure }) })
  if (fault !== null) return reportFailure({ code: 'invalid-request', message: fault }, false)
  const folder = findRunFolder(run)
  if (!folder.ok) return reportFailure(folder.error, false)
  if (figure !== undefined) {
    const written = await askWorkbench({ surroundings, backend: 'auto', quiet: false }, 'run.figure', {
      folder: folder.value,
      images: image.map((one) => path.resolve(one)),
      file: path.resolve(figure),
    })
    if (!written.ok) return reportFailure(written.error, false)
    for (const file of written.value) print(file)
  }
  if (out === undefined) return exitCodes.done
  const answer = await askWorkbench({ surroundings, backend: 'auto', quiet: false }, 'run.maps', {
    folder: folder.value,
    image: path.resolve(image[0] ?? ''),
    out: path.resolve(out),
  })
  if (!answer.ok) return reportFailure(answer.error, false)
  for (const line of countMaps(answer.value)) print(line)
  return exitCodes.done
}

/** What is wrong with the words on the command line; null where nothing is. */
export function faultOf({ image, out, figure }: MapsOptions): string | null {
  if (out === undefined && figure === undefined) return '--out or --figure was expected. Received: neither'
  if (out !== undefined && image.length > 1) return `One picture was expected for --out. Received: ${image.length}`
  if (image.length > 4) return `At most four pictures were expected. Received: ${image.length}`
  if (figure !== undefined && !/\.svg$/i.test(figure))
    return `A file that ends in .svg was expected for --figure. Received: ${figure}`
  return null
}

/** A line for each layer, in the order of the files: `out/cnn-c1-map-*.png  6 maps`. */
export function countMaps(files: readonly string[]): string[] {
  const counts = new Map<string, number>()
  for (const file of files) {
    const layer = file.replace(/-map-\d+\.png$/, '-map-*.png')
    counts.set(layer, (counts.get(layer) ?? 0) + 1)
  }
  return [...counts].map(([layer, count]) => `${layer}  ${count} ${count === 1 ? 'map' : 'maps'}`)
}
