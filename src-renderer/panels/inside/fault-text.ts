import type { FilterReading } from '../../../src-main/common/training/readings.ts'
import type { Workspace } from '../../state/workspace.svelte.ts'

export const faultKeys = {
  dead: 'fault.dead',
  saturated: 'fault.saturated',
  'always-on': 'fault.alwaysOn',
  duplicate: 'fault.duplicate',
} as const

const signs = { dead: '∅', saturated: 'S', 'always-on': '+' } as const

/** A badge's sign; that of a duplicate names the filter that it is like. */
export function faultSign({ fault, of }: FilterReading): string {
  return fault === 'duplicate' ? `≈${(of ?? 0) + 1}` : signs[fault]
}

/** What a badge means and what to try, in the person's language. */
export function faultText(workspace: Pick<Workspace, 't'>, reading: FilterReading): string {
  const key = faultKeys[reading.fault]
  return `${workspace.t(key)}: ${numberOf(reading)}. ${workspace.t(`${key}Text`)}`
}

/** The filter's number, from 1, with the one that it is like. */
export function numberOf({ filter, of }: FilterReading): string {
  return of === null ? String(filter + 1) : `${filter + 1} ≈ ${of + 1}`
}
