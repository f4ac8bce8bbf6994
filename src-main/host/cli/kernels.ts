import path from 'node:path'
import type { ExitCode } from './outcome.ts'
import { exitCodes, print, reportFailure } from './outcome.ts'
import type { Surroundings } from './surroundings.ts'
import { askWorkbench, findRunFolder } from './workbench.ts'

export interface KernelsOptions {
  readonly layer: string
  readonly out: string
}

/** Writes every kernel of a layer as a PNG file and lists the files. */
export async function kernels(
  run: string,
  { layer, out }: KernelsOptions,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const folder = findRunFolder(run)
  if (!folder.ok) return reportFailure(folder.error, false)
  const answer = await askWorkbench({ surroundings, backend: 'auto', quiet: false }, 'run.kernels', {
    folder: folder.value,
    layer,
    out: path.resolve(out),
  })
  if (!answer.ok) return reportFailure(answer.error, false)
  for (const file of answer.value) print(file)
  return exitCodes.done
}
