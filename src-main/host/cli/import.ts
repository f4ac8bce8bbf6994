import { existsSync } from 'node:fs'
import path from 'node:path'
import { writeProject } from '../../common/project/write-project.ts'
import { failure, success } from '../../common/result.ts'
import { summarizeProject } from '../../common/summary/summarize.ts'
import { writeWholeFile } from '../atomic-file.ts'
import { importModel } from '../import-model.ts'
import { findDataSource } from './data.ts'
import type { ExitCode } from './outcome.ts'
import { exitCodes, print, printJson, reportFailure } from './outcome.ts'
import type { Surroundings } from './surroundings.ts'
import { withWorkbench } from './workbench.ts'

export interface ImportOptions {
  readonly out?: string
  readonly data?: string
  readonly json: boolean
}

/** Makes a project of a model that Keras saved; its weights become a run beside it, for evaluate, predict and the window. */
export async function importKeras(file: string, options: ImportOptions, surroundings: Surroundings): Promise<ExitCode> {
  const { json } = options
  const given = path.resolve(file)
  const target = path.resolve(options.out ?? `${path.basename(file).replace(/\.(h5|hdf5|keras)$/i, '')}.convas`)
  if (!/\.convas$/i.test(target))
    return reportFailure(
      { code: 'invalid-request', message: `--out: a file that ends in .convas was expected. Received: ${options.out}` },
      json,
    )
  if (!existsSync(given))
    return reportFailure(
      { code: 'not-found', message: `A .h5 or .keras file was expected at ${given}. Nothing is there.` },
      json,
    )
  const source =
    options.data === undefined ? success(null) : await findDataSource(options.data, null, surroundings, json)
  if (!source.ok) return reportFailure(source.error, json)
  const imported = await withWorkbench({ surroundings, backend: 'auto', quiet: json }, (ask) =>
    importModel({
      ask: (params) => ask('model.import', params),
      file: given,
      source: source.value,
      save: async (project) => {
        if (existsSync(target))
          return failure('invalid-request', `A new file was expected. ${target} is there already.`)
        const written = await writeWholeFile(target, writeProject(project))
        return written.ok ? success(target) : written
      },
    }),
  )
  if (!imported.ok) return reportFailure(imported.error, json)
  const { path: project, folder, notes } = imported.value
  const [model] = summarizeProject(imported.value.project).models
  if (json) printJson({ project, run: folder, parameters: model?.parameters ?? 0, notes: notes.map(({ en }) => en) })
  else {
    print(`${project}: ${model?.layers.length ?? 0} layers, ${model?.parameters ?? 0} parameters`)
    print(`its weights: ${folder}`)
    for (const { en } of notes) print(`note: ${en}`)
  }
  return exitCodes.done
}
