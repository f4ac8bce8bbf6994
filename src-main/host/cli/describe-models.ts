import type { Comparison, JudgedPart } from '../../common/comparison/compare-models.ts'
import { formatNumber, formatPercent, formatTable } from './table.ts'

/** The comparison as a table, and what each pair's difference means; lines to print. */
export function describeModels({ models, pairs, part, differences }: Comparison): readonly string[] {
  const right = { align: 'right' } as const
  const nameOf = (place: number) => models[place]?.name ?? ''
  const columns = [
    { title: 'model' },
    { title: 'parameters', ...right },
    { title: 'multiply-adds', ...right },
    { title: 'seconds an epoch', ...right },
    { title: 'best epoch', ...right },
    { title: 'epoch judged', ...right },
    { title: 'validation (95 % interval)', ...right },
    { title: 'test (95 % interval)', ...right },
  ]
  const rows = models.map((one) => [
    one.model,
    one.parameters,
    one.multiplyAdds,
    one.secondsPerEpoch === null ? '–' : one.secondsPerEpoch.toFixed(2),
    one.bestEpoch ?? '–',
    one.isWithin ? `within ${one.epoch}` : one.epoch,
    formatShare(one.validation),
    formatShare(one.test),
  ])
  return [
    '',
    ...formatTable(columns, rows),
    ...pairs.flatMap(({ first, second, onlyFirst, onlySecond, both, neither, text }) => [
      '',
      text.en,
      `Right on the ${part} part: only ${nameOf(first)} ${formatNumber(onlyFirst)}, only ${nameOf(second)} ${formatNumber(onlySecond)}, both ${formatNumber(both)}, neither ${formatNumber(neither)}.`,
    ]),
    ...differences.flatMap(({ text }) => ['', text.en]),
  ]
}

function formatShare(judged: JudgedPart | null): string {
  if (judged === null || judged.interval === null) return '–'
  const { low, high } = judged.interval
  return `${formatPercent(judged.accuracy)} (${(low * 100).toFixed(1)}–${formatPercent(high)})`
}
