import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import type { Settings } from '../common/contract.ts'
import { requests } from '../common/contract.ts'
import type { Result } from '../common/result.ts'
import { writeWholeFile } from './atomic-file.ts'

const RECENT_LIMIT = 12
const settingsSchema = requests['settings.write'].params
const stateSchema = z.object({
  recent: z.array(z.string()).default([]),
  window: z
    .object({ x: z.number(), y: z.number(), width: z.number(), height: z.number(), maximized: z.boolean() })
    .nullable()
    .default(null),
})
type State = z.infer<typeof stateSchema>
export type WindowPlace = NonNullable<State['window']>

/** The user's settings (`settings.json`), and what Convas remembers by itself (`state.json`). */
export interface StateStore {
  readonly settings: () => Promise<Settings>
  readonly writeSettings: (settings: Settings) => Promise<Result<null>>
  readonly recent: () => Promise<readonly string[]>
  readonly addRecent: (file: string) => Promise<void>
  readonly windowPlace: () => Promise<WindowPlace | null>
  readonly setWindowPlace: (place: WindowPlace) => Promise<void>
}

export function createStateStore(dataFolder: string, onRecent: () => void = () => undefined): StateStore {
  const settingsFile = path.join(dataFolder, 'settings.json')
  const stateFile = path.join(dataFolder, 'state.json')
  let queue: Promise<unknown> = Promise.resolve()

  const readState = () => readJson(stateFile, stateSchema, { recent: [], window: null })
  /** One after another: two changes at once would lose one of them. A state that cannot be kept is no reason to fail. */
  function changeState(change: (state: State) => State): Promise<void> {
    const changed = queue.then(async () => {
      const state = await readState()
      const next = change(state)
      if (JSON.stringify(next) !== JSON.stringify(state)) await writeWholeFile(stateFile, toJson(next))
    })
    queue = changed
    return changed
  }

  return {
    settings: () => readJson(settingsFile, settingsSchema, { theme: 'system', language: 'system', device: 'auto' }),
    writeSettings: (settings) => writeWholeFile(settingsFile, toJson(settings)),
    recent: async () => (await readState()).recent,
    addRecent: async (file) => {
      await changeState((state) => ({
        ...state,
        recent: [file, ...state.recent.filter((other) => other !== file)].slice(0, RECENT_LIMIT),
      }))
      onRecent()
    },
    windowPlace: async () => (await readState()).window,
    setWindowPlace: (window) => changeState((state) => ({ ...state, window })),
  }
}

/** A missing or damaged file counts as the fallback: it holds nothing that a user made. */
async function readJson<T>(file: string, schema: z.ZodType<T>, fallback: T): Promise<T> {
  try {
    const parsed = schema.safeParse(JSON.parse(await readFile(file, 'utf8')))
    return parsed.success ? parsed.data : fallback
  } catch {
    return fallback
  }
}

function toJson(value: unknown): string {
  return JSON.stringify(value, null, 2) + '\n'
}
