import type { BackendChoice } from '../../common/engine-protocol.ts'
import { examine } from '../doctor.ts'
import type { ExitCode } from './outcome.ts'
import { exitCodes, print, printJson, reportFailure } from './outcome.ts'
import type { Surroundings } from './surroundings.ts'
import { formatTable } from './table.ts'
import { askWorkbench } from './workbench.ts'

export interface DoctorOptions {
  readonly json: boolean
  readonly backend: BackendChoice
}

/** What works on this machine, and what to do about the rest. */
export async function doctor({ json, backend }: DoctorOptions, surroundings: Surroundings): Promise<ExitCode> {
  const report = await examine({
    askBackend: () => askWorkbench({ surroundings, backend, quiet: json }, 'backend', {}),
    folders: surroundings.folders,
    projectFolder: surroundings.projectFolder,
  })
  if (!report.ok) return reportFailure(report.error, json)
  if (json) {
    printJson(report.value)
    return exitCodes.done
  }
  const rows = report.value.checks.map(({ title, ok, found }) => [ok ? '✓' : '✗', title.en, found.en])
  for (const line of formatTable([{ title: '' }, { title: 'check' }, { title: 'found' }], rows)) print(line)
  const advice = report.value.checks.filter(({ advice }) => advice !== null)
  if (advice.length > 0) print()
  for (const { title, advice: mend } of advice) {
    if (mend) print(`${title.en}: ${mend.en}${mend.command === null ? '' : `: ${mend.command}`}`)
  }
  return exitCodes.done
}
