import { readFile, writeFile } from 'node:fs/promises'
import { cpus, release, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'

const path = fileURLToPath(new URL('results.md', import.meta.url))

export interface Figure {
  readonly what: string
  readonly wanted: string
  readonly measured: string
}

/** Puts a section's figures into bench/results.md, in place of those it had. */
export async function recordFigures(section: string, about: string, figures: readonly Figure[]): Promise<void> {
  const machine = `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${release()}, Node ${process.version}`
  const text = [
    `## ${section}`,
    '',
    about,
    '',
    '| what | wanted | measured |',
    '|---|---|---|',
    ...figures.map(({ what, wanted, measured }) => `| ${what} | ${wanted} | ${measured} |`),
    '',
    `Measured ${new Date().toISOString().slice(0, 10)} on ${machine}.`,
    '',
  ].join('\n')
  const before = await readFile(path, 'utf8').catch(
    () =>
      '# Measurements\n\nMade by `npm run bench`. Ratios count; absolute times depend on the machine and its load.\n',
  )
  const sections = before.split(/^(?=## )/m).filter((part) => !part.startsWith(`## ${section}\n`))
  await writeFile(path, [...sections.map((part) => part.trimEnd()), text].join('\n\n'))
  for (const { what, measured } of figures) console.log(`${what}: ${measured}`)
}

/** The value below which `share` (0…1) of all values lie. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5)
}
