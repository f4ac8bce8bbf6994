import type { SweepField } from '../../../src-main/common/sweep/fields.ts'
import { isMessageKey } from '../../messages/messages.ts'
import type { SettingsState } from '../../state/settings-state.svelte.ts'

/** What a field is called: by its whole path, else as its form calls it, else by its own name. */
export function fieldTitle(settings: Pick<SettingsState, 't' | 'text'>, id: string, field?: SweepField): string {
  if (field?.layer) return `${field.layer.name} · ${settings.text(field.layer.param)}`
  const path = id.replace(/^recipe\./, '')
  const inForm = path.replace(/^optimizer\./, '')
  const word = [`field.${path}`, `recipe.${inForm}`].find(isMessageKey)
  return word === undefined ? path : settings.t(word)
}
