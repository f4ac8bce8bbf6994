import type { SweepField } from '../../../src-main/common/sweep/fields.ts'
import { isMessageKey } from '../../messages/messages.ts'
import type { SettingsState } from '../../state/settings-state.svelte.ts'

/** What a field is called: as the forms call it where they have a word, else by its own name. */
export function fieldTitle(settings: SettingsState, id: string, field?: SweepField): string {
  if (field?.layer) return `${field.layer.name} · ${settings.text(field.layer.param)}`
  const leaf = id.slice(id.lastIndexOf('.') + 1)
  const short = id.replace(/^recipe\./, '')
  const parent = short.split('.').slice(0, -1).at(-1) ?? ''
  const word = [...new Set([`recipe.${leaf}`, `series.${leaf}`, `augment.${leaf}`, `import.${leaf}`])].find(
    isMessageKey,
  )
  // The same word stands for several fields: rates, factors, patience.
  const isPlain = parent === '' || parent === 'optimizer' || parent === 'data'
  return word !== undefined && isPlain ? settings.t(word) : short
}
