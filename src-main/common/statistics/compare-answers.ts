import type { Text } from '../layers/text.ts'
import { formatCount } from '../thousands.ts'
import { mcnemarExact } from './mcnemar.ts'

/** Two models on the same samples: how many only the one, only the other, both and neither got right. */
export interface PairComparison {
  readonly onlyFirst: number
  readonly onlySecond: number
  readonly both: number
  readonly neither: number
  /** McNemar's exact test: the chance of so large a difference between models that are equally good. */
  readonly pValue: number
}

/** `truths` and the answers are classes, one a sample, in the same order. */
export function compareAnswers(
  truths: ArrayLike<number>,
  first: ArrayLike<number>,
  second: ArrayLike<number>,
): PairComparison {
  let [onlyFirst, onlySecond, both, neither] = [0, 0, 0, 0]
  for (let sample = 0; sample < truths.length; sample++) {
    const [one, other] = [first[sample] === truths[sample], second[sample] === truths[sample]]
    if (one && other) both++
    else if (one) onlyFirst++
    else if (other) onlySecond++
    else neither++
  }
  return { onlyFirst, onlySecond, both, neither, pValue: mcnemarExact(onlyFirst, onlySecond) }
}

/** From this chance on a difference is told as none. */
const significance = 0.05

/** What a comparison says, in a sentence. */
export function describeComparison(comparison: PairComparison, first: string, second: string): Text {
  const { onlyFirst, onlySecond, pValue } = comparison
  if (onlyFirst === onlySecond)
    return {
      en: `“${first}” and “${second}” are right equally often.`,
      ko: `“${first}” 모델과 “${second}” 모델의 정답 수가 같습니다.`,
    }
  if (pValue >= significance) {
    const often = Math.round(100 * pValue)
    return {
      en: `No difference between “${first}” and “${second}” is shown: so large a one would come by chance in ${often} of 100 tries.`,
      ko: `“${first}” 모델과 “${second}” 모델의 차이는 뚜렷하지 않습니다. 이만한 차이는 우연히도 100번 중 ${often}번꼴로 나타납니다.`,
    }
  }
  const tries = roundTries(1 / pValue)
  const better = onlyFirst > onlySecond ? first : second
  const worse = onlyFirst > onlySecond ? second : first
  return {
    en: `“${better}” is better than “${worse}”; so large a difference would come by chance in 1 of ${tries.en} tries.`,
    ko: `“${better}” 모델이 “${worse}” 모델보다 낫습니다. 이만한 차이가 우연히 나타날 확률은 ${tries.ko}에 1번꼴입니다.`,
  }
}

/** Two significant digits; beyond a billion the number says nothing more. */
function roundTries(tries: number): Text {
  if (tries > 1e9) return { en: 'more than a billion', ko: '10억 번 이상' }
  const rounded = formatCount(Number(tries.toPrecision(2)))
  return { en: rounded, ko: `${rounded}번` }
}
