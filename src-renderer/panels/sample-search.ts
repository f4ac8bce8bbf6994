import type { DataSource, Part } from '../../src-main/common/data/dataset.ts'
import type { Bridge } from '../bridge/bridge.ts'

export interface SampleSearch {
  readonly source: DataSource
  readonly part: Part
  readonly label: number | null
  /** A part of the file's name, whatever its case. */
  readonly text: string
}

const PAGE = 100_000

/** Places in the part of all samples that fit, in order; null when the host could not tell or `isCurrent` no longer holds. */
export async function findSamples(
  bridge: Bridge,
  search: SampleSearch,
  isCurrent: () => boolean,
): Promise<readonly number[] | null> {
  const found: number[] = []
  for (;;) {
    const result = await bridge.request('dataset.find', { ...search, from: found.length, count: PAGE })
    if (!result.ok || !isCurrent()) return null
    for (const index of result.value.indices) found.push(index)
    if (result.value.indices.length === 0 || found.length >= result.value.total) return found
  }
}
