import path from 'node:path'
import type { ExitCode } from './outcome.ts'
import { exitCodes, print, reportFailure } from './outcome.ts'
import type { Surroundings } from './surroundings.ts'
import { askWorkbench, findRunFolder } from './workbench.ts'

export interface MapsOptions {
  readonly image: string
  readonly out: string
}

/** Writes the activation maps of a picture as PNG files and tells how many of each layer. */
export async function maps(run: string, { image, out }: MapsOptions, surroundings: Surroundings): Promise<ExitCode> {
  const folder = findRunFolder(run)
  if (!folder.ok) return reportFailure(folder.error, false)
  const answer = await askWorkbench({ surroundings, backend: 'auto', quiet: false }, 'run.maps', {
    folder: folder.value,
    image: path.resolve(image),
    out: path.resolve(out),
  })
  if (!answer.ok) return reportFailure(answer.error, false)
  for (const line of countMaps(answer.value)) print(line)
  return exitCodes.done
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
