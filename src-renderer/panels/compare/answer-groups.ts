import type { ComparedAnswers } from '../../../src-main/common/contract.ts'
import type { PictureRef } from '../../../src-main/common/data/dataset.ts'

type Answers = ComparedAnswers['answers'][number]

export const answerGroups = ['onlyFirst', 'onlySecond', 'both', 'neither'] as const
export type AnswerGroup = (typeof answerGroups)[number]

/** A sample of the data with its true class and what models answered, in their order. */
export interface AnsweredSample {
  readonly picture: PictureRef
  readonly truth: number
  readonly said: readonly number[]
}

/** The samples that only the one, only the other, both or neither of two models got right; none where their samples differ. */
export function groupAnswers(
  first: Answers,
  second: Answers,
): Readonly<Record<AnswerGroup, readonly AnsweredSample[]>> {
  const groups: Record<AnswerGroup, AnsweredSample[]> = { onlyFirst: [], onlySecond: [], both: [], neither: [] }
  first.positions.forEach((index, sample) => {
    if (second.positions[sample] !== index || second.part !== first.part) return
    const truth = first.truths[sample] as number
    const said = [first.classes[sample] as number, second.classes[sample] as number]
    const [one, other] = [said[0] === truth, said[1] === truth]
    const group = one && other ? 'both' : one ? 'onlyFirst' : other ? 'onlySecond' : 'neither'
    groups[group].push({ picture: { part: first.part, index }, truth, said })
  })
  return groups
}

/** The samples of one class that a model took for another, or for what they are. */
export function samplesOfCell(answers: Answers, truth: number, answer: number): readonly AnsweredSample[] {
  const found: AnsweredSample[] = []
  answers.positions.forEach((index, sample) => {
    if (answers.truths[sample] === truth && answers.classes[sample] === answer)
      found.push({ picture: { part: answers.part, index }, truth, said: [answer] })
  })
  return found
}
