export interface NoticeAction {
  readonly title: string
  readonly run: () => void
}

/** A sentence at the foot of the window, with what can be done about it. */
export interface Notice {
  readonly id: number
  readonly tone: 'info' | 'good' | 'warning' | 'bad'
  readonly message: string
  readonly actions: readonly NoticeAction[]
}

const SHOWN_MS = 8_000

/** Information goes by itself, warnings with the next change or run; what failed stays until it is dismissed. */
export class NoticesState {
  #list = $state.raw<readonly Notice[]>([])
  #nextId = 1

  get list() {
    return this.#list
  }

  add(tone: Notice['tone'], message: string, ...actions: readonly NoticeAction[]) {
    if (this.#list.some((notice) => notice.message === message)) return
    const id = this.#nextId++
    this.#list = [...this.#list, { id, tone, message, actions }]
    if (tone === 'info' || tone === 'good') setTimeout(() => this.dismiss(id), SHOWN_MS)
  }

  /** What was told of an action has been read when another room is entered. */
  passOn() {
    this.#list = this.#list.filter(({ tone }) => tone === 'warning' || tone === 'bad')
  }

  /** A change or a new run is an answer to every warning; what still holds is told again. */
  answered() {
    this.#list = this.#list.filter(({ tone }) => tone === 'bad')
  }

  /** For when all of it is about what is no longer in view. */
  clear() {
    this.#list = []
  }

  dismissMessage(message: string) {
    this.#list = this.#list.filter((notice) => notice.message !== message)
  }

  dismiss(id: number) {
    this.#list = this.#list.filter((notice) => notice.id !== id)
  }
}
