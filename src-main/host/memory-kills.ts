import { readFileSync } from 'node:fs'

/** How many processes the system has ended for lack of memory since it started; null where it does not count them. */
export function countMemoryKills(): number | null {
  try {
    return readMemoryKills(readFileSync('/proc/vmstat', 'utf8'))
  } catch {
    return null
  }
}

/** The counter in Linux's /proc/vmstat. */
export function readMemoryKills(vmstat: string): number | null {
  const count = /^oom_kill (\d+)$/m.exec(vmstat)?.[1]
  return count === undefined ? null : Number(count)
}
