import { untrack } from 'svelte'
import type { MessageKey } from '../messages/messages.ts'

/** Something a person can do from a menu, the keyboard or the command search. */
export interface Command {
  readonly id: string
  readonly title: MessageKey
  /** In the form "Mod+Shift+z"; Mod is Ctrl, or ⌘ on a Mac. The first one is shown. */
  readonly keys?: readonly string[]
  readonly enabled?: () => boolean
  readonly run: () => void
}

/** All commands in force; panels add theirs while they are shown. */
export class Commands {
  #byId = $state.raw<ReadonlyMap<string, Command>>(new Map())

  get all(): readonly Command[] {
    return [...this.#byId.values()]
  }

  /** Gives back what takes the commands away again. */
  add(commands: readonly Command[]): () => void {
    // Untracked: who adds commands in an effect must not run again because others did so too.
    untrack(() => {
      this.#byId = new Map([...this.#byId, ...commands.map((command) => [command.id, command] as const)])
    })
    return () => {
      untrack(() => {
        const kept = new Map(this.#byId)
        for (const command of commands) if (kept.get(command.id) === command) kept.delete(command.id)
        this.#byId = kept
      })
    }
  }

  run(id: string): boolean {
    const command = this.#byId.get(id)
    if (!command || command.enabled?.() === false) return false
    command.run()
    return true
  }

  /** True when a command took the key. Keys without Mod are left alone while a person types text. */
  handleKey(event: KeyboardEvent): boolean {
    const pressed = keyOf(event)
    const typing = isTyping(event.target)
    for (const command of this.#byId.values()) {
      if (!command.keys?.includes(pressed)) continue
      if (typing && !['Mod+s', 'Mod+Shift+s', 'Mod+o', 'Mod+n', 'Mod+k', 'Mod+Enter', 'F5'].includes(pressed)) continue
      if (command.enabled?.() === false) continue
      event.preventDefault()
      command.run()
      return true
    }
    return false
  }
}

export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio', 'range', 'button'].includes(target.type)
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable
}

function keyOf(event: KeyboardEvent): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
  const parts = [
    event.ctrlKey || event.metaKey ? 'Mod' : '',
    event.altKey ? 'Alt' : '',
    event.shiftKey ? 'Shift' : '',
    key,
  ]
  return parts.filter(Boolean).join('+')
}

/** A key as people read it: "Ctrl+Shift+Z". */
export function readableKey(keys: string): string {
  const mac = navigator.platform.startsWith('Mac')
  return keys
    .split('+')
    .map((part) => (part === 'Mod' ? (mac ? '⌘' : 'Ctrl') : part.length === 1 ? part.toUpperCase() : part))
    .join(mac ? '' : '+')
}
