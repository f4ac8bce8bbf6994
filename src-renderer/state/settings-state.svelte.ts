import type { Settings } from '../../src-main/common/contract.ts'
import type { Text } from '../../src-main/common/layers/text.ts'
import type { Bridge } from '../bridge/bridge.ts'
import type { Language, MessageKey } from '../messages/messages.ts'
import { message } from '../messages/messages.ts'

/** Theme and language, as chosen or as the system has them. */
export class SettingsState {
  #bridge: Bridge
  #chosen = $state.raw<Settings>({ theme: 'system', language: 'system', device: 'auto' })
  #systemDark = $state(false)
  #systemLanguage = $state<Language>('en')

  readonly theme = $derived(
    this.#chosen.theme === 'system' ? (this.#systemDark ? 'dark' : 'light') : this.#chosen.theme,
  )
  readonly language: Language = $derived(
    this.#chosen.language === 'system' ? this.#systemLanguage : this.#chosen.language,
  )

  constructor(bridge: Bridge) {
    this.#bridge = bridge
    const dark = matchMedia('(prefers-color-scheme: dark)')
    this.#systemDark = dark.matches
    dark.addEventListener('change', () => (this.#systemDark = dark.matches))
    this.#systemLanguage = navigator.language.startsWith('ko') ? 'ko' : 'en'
  }

  get chosen() {
    return this.#chosen
  }

  async load() {
    const result = await this.#bridge.request('settings.read', {})
    if (result.ok) this.#chosen = result.value
  }

  choose(change: Partial<Settings>) {
    this.#chosen = { ...this.#chosen, ...change }
    void this.#bridge.request('settings.write', this.#chosen)
  }

  /** A message of the catalogue in the current language. */
  t = (key: MessageKey, values?: Record<string, string | number>) => message(this.language, key, values)

  /** A bilingual text in the current language. */
  text = (text: Text) => text[this.language]
}
