const KEYS = '1234567890abcdefghijklmnopqrstuvwxyz'

/** The key that gives the label; '' beyond those there are. */
export function keyOfLabel(label: number): string {
  return KEYS[label] ?? ''
}

/** The label that a key gives; −1 for none. By its place where the letter is of another script, as with Hangul. */
export function labelOfKey({ key, code }: Pick<KeyboardEvent, 'key' | 'code'>): number {
  const typed = key.length === 1 ? KEYS.indexOf(key.toLowerCase()) : -1
  if (typed !== -1) return typed
  const place = /^(?:Key|Digit|Numpad)([A-Z\d])$/.exec(code)?.[1]
  return place === undefined ? -1 : KEYS.indexOf(place.toLowerCase())
}
