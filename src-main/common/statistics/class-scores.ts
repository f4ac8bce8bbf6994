/** Of one class; a quotient of nothing by nothing is 0. */
export interface ClassScore {
  /** Of the samples taken for the class, the share that is of it. */
  readonly precision: number
  /** Of the samples of the class, the share that was found. */
  readonly recall: number
  /** The harmonic mean of both. */
  readonly f1: number
  /** How many samples are of the class. */
  readonly support: number
}

export interface ClassScores {
  readonly perClass: readonly ClassScore[]
  /** The mean over the classes that occur, true or predicted. */
  readonly macro: Omit<ClassScore, 'support'>
}

/** From a confusion matrix, row-major with rows of true classes; as scikit-learn's `precision_recall_fscore_support`. */
export function classScores(counts: readonly number[], classes: number): ClassScores {
  const judged = Array.from({ length: classes }, (_, label) => {
    let said = 0
    let support = 0
    for (let other = 0; other < classes; other++) {
      said += counts[other * classes + label] ?? 0
      support += counts[label * classes + other] ?? 0
    }
    const right = counts[label * classes + label] ?? 0
    const quotient = (divisor: number) => (divisor === 0 ? 0 : right / divisor)
    const score = { precision: quotient(said), recall: quotient(support), f1: quotient((said + support) / 2), support }
    return { score, occurs: said + support > 0 }
  })
  const perClass = judged.map(({ score }) => score)
  const counting = judged.filter(({ occurs }) => occurs).map(({ score }) => score)
  const mean = (key: 'precision' | 'recall' | 'f1') =>
    counting.reduce((sum, one) => sum + one[key], 0) / Math.max(1, counting.length)
  return { perClass, macro: { precision: mean('precision'), recall: mean('recall'), f1: mean('f1') } }
}
