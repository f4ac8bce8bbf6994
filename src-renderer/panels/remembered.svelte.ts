/** A choice about the window that outlives it, kept by this browser or app; never part of the project. */
export class Remembered<T extends string | number | boolean> {
  #key: string
  #value = $state<T>() as T

  constructor(key: string, initial: T, fits: (value: T) => boolean = () => true) {
    this.#key = `convas.${key}`
    const stored = read(this.#key)
    this.#value = typeof stored === typeof initial && fits(stored as T) ? (stored as T) : initial
  }

  get value(): T {
    return this.#value
  }
  set value(value: T) {
    this.#value = value
    try {
      localStorage.setItem(this.#key, JSON.stringify(value))
    } catch {
      // Storage is full or switched off: the choice holds until the window closes.
    }
  }
}

function read(key: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(key) ?? 'null')
  } catch {
    return null
  }
}
