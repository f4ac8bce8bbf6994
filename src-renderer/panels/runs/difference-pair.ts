interface Choice {
  readonly key: string
  readonly run: string
  readonly id: string
}

/**
 * The two models that are held against each other: those wanted, while they can be chosen; else the first, and its like in
 * another run or, where there is but one run, the next model of it. Null where there are no two.
 */
export function pairOf<C extends Choice>(
  choices: readonly C[],
  [one, other]: readonly [string | null, string | null],
): readonly [C, C] | null {
  const first = choices.find(({ key }) => key === one) ?? choices.find(({ key }) => key !== other)
  if (!first) return null
  const rest = choices.filter((choice) => choice !== first)
  const elsewhere = rest.filter(({ run }) => run !== first.run)
  const second =
    rest.find(({ key }) => key === other) ?? elsewhere.find(({ id }) => id === first.id) ?? elsewhere[0] ?? rest[0]
  return second ? [first, second] : null
}
