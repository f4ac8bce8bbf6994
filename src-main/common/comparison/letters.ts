/** "A", "B", …: what a model is called where there is room for a letter only. */
export function letterOf(index: number): string {
  return String.fromCharCode(65 + index)
}
