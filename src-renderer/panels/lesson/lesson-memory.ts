import type { Workspace } from '../../state/workspace.svelte.ts'

const memories = new WeakMap<Workspace, Map<string, unknown>>()

/** What somebody changed in a lesson, until the window is closed: whoever looks elsewhere finds it as it was left. */
export function recall<T>(workspace: Workspace, key: string, start: T): T {
  const memory = memories.get(workspace)
  return memory?.has(key) ? (memory.get(key) as T) : start
}

export function remember(workspace: Workspace, key: string, value: unknown) {
  const memory = memories.get(workspace) ?? new Map<string, unknown>()
  memories.set(workspace, memory.set(key, value))
}
