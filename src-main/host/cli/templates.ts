import { listTemplates } from '../../common/templates/registry.ts'
import type { ExitCode } from './outcome.ts'
import { exitCodes, print, printJson } from './outcome.ts'
import { formatNumber, formatShape, formatTable } from './table.ts'

export interface TemplatesOptions {
  readonly json: boolean
}

/** Lists the models that come with Convas. */
export function templates({ json }: TemplatesOptions): ExitCode {
  const listings = listTemplates()
  if (json) {
    printJson({ templates: listings })
    return exitCodes.done
  }
  const rows = listings.map(({ id, title, inputShape, parameters }) => [
    id,
    title.en,
    formatShape(inputShape),
    parameters.map(formatNumber).join(' + '),
  ])
  const columns = [
    { title: 'template' },
    { title: 'title' },
    { title: 'input' },
    { title: 'parameters', align: 'right' },
  ] as const
  for (const line of formatTable(columns, rows)) print(line)
  return exitCodes.done
}
