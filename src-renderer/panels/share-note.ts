import type { DatasetDescriptor } from '../../src-main/common/data/dataset.ts'
import type { Validation } from '../../src-main/common/data/split.ts'
import { splitCounts } from '../../src-main/common/data/split.ts'
import { formatCount, formatPercent } from '../ui/format.ts'

/** How many samples a share gives where rounding within each class makes it another whole per cent; null where it is what it says. */
export function unevenShare(
  validation: Validation,
  descriptor: DatasetDescriptor,
): { readonly held: string; readonly all: string; readonly share: string } | null {
  if (typeof validation !== 'number' || validation === 0) return null
  const held = splitCounts(validation, descriptor).validation
  const all = descriptor.counts.train
  return all === 0 || Math.round((held / all) * 100) === Math.round(validation * 100)
    ? null
    : { held: formatCount(held), all: formatCount(all), share: formatPercent(held / all) }
}
