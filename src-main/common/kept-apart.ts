/** Places of labels in their order, moved as little as keeps each `gap` from the next and all between `least` and `most`. */
export function keptApart(places: readonly number[], gap: number, least: number, most: number): readonly number[] {
  const order = places.map((_, index) => index).sort((one, other) => (places[one] ?? 0) - (places[other] ?? 0))
  const kept = [...places]
  let free = least
  for (const index of order) {
    kept[index] = Math.max(free, places[index] ?? 0)
    free = (kept[index] ?? 0) + gap
  }
  let end = most
  for (const index of [...order].reverse()) {
    kept[index] = Math.min(end, kept[index] ?? 0)
    end = (kept[index] ?? 0) - gap
  }
  return kept
}
