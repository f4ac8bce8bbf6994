/** A text in every language that Convas speaks. */
export interface Text {
  readonly en: string
  readonly ko: string
}
