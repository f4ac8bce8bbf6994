import type { Text } from '../../src-main/common/layers/text.ts'
import { errorCodes } from '../../src-main/common/result.ts'
import type { SettingsState } from '../state/settings-state.svelte.ts'

/** What went wrong, in the window's language: where hosts and engines tell the particulars in English only, both. */
export function failureText(
  settings: SettingsState,
  failure: { readonly code: string; readonly message: string; readonly text?: Text },
) {
  if (failure.text) return settings.text(failure.text)
  const code = errorCodes.find((known) => known === failure.code) ?? 'internal'
  return settings.language === 'en' ? failure.message : `${settings.t(`failure.${code}`)} (${failure.message})`
}
