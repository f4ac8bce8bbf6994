import path from 'node:path'
import type { ExitCode } from './outcome.ts'
import { exitCodes, print, reportFailure } from './outcome.ts'
import type { Surroundings } from './surroundings.ts'
import { askWorkbench, findRunFolder } from './workbench.ts'

export interface MapsOptions {
  readonly image: string
  readonly out: string
}

/** Writes the activation maps of a picture as PNG files and lists the files. */
export async function maps(run: string, { image, out }: MapsOptions, surroundings: Surroundings): Promise<ExitCode> {
  const folder = findRunFolder(run)
  if (!folder.ok) return reportFailure(folder.error, false)
  const answer = await askWorkbench({ surroundings, backend: 'auto', quiet: false }, 'run.maps', {
    folder: folder.value,
    image: path.resolve(image),
    out: path.resolve(out),
  })
  if (!answer.ok) return reportFailure(answer.error, false)
  for (const file of answer.value) print(file)
  return exitCodes.done
}
