import type { Text } from '../layers/text.ts'
import type { Recipe } from '../training/recipe.ts'

/** Why models cannot be set against each other as if only they differed; nothing of it forbids the comparison. */
export interface Difference {
  readonly code: 'seed' | 'split' | 'recipe' | 'judged-on-test' | 'stopped'
  readonly text: Text
}

/** The fields of a recipe in words. */
export const recipeFieldNames: Readonly<Record<keyof Recipe, Text>> = {
  optimizer: { en: 'optimiser', ko: '옵티마이저' },
  schedule: { en: 'learning-rate schedule', ko: '학습률 스케줄' },
  clipping: { en: 'clipping', ko: '기울기 자르기' },
  loss: { en: 'loss', ko: '손실 함수' },
  labelSmoothing: { en: 'label smoothing', ko: '레이블 스무딩' },
  huberDelta: { en: 'delta of the Huber loss', ko: 'Huber 손실의 δ' },
  classWeights: { en: 'class weights', ko: '클래스 가중치' },
  topK: { en: 'k of top-k accuracy', ko: 'top-k 정확도의 k' },
  batchSize: { en: 'batch size', ko: '배치 크기' },
  evaluationBatchSize: { en: 'batch size of evaluation', ko: '평가 배치 크기' },
  epochs: { en: 'epochs', ko: '에포크 수' },
  seed: { en: 'seed', ko: '시드' },
  split: { en: 'validation', ko: '검증' },
  augmentation: { en: 'augmentation', ko: '데이터 증강' },
  earlyStopping: { en: 'early stopping', ko: '조기 종료' },
}

/** Told on their own, or without influence on what a model learns. */
const toldApart: ReadonlySet<keyof Recipe> = new Set(['seed', 'split', 'evaluationBatchSize', 'topK'])

/** What the recipes of runs do not have in common, each difference in a sentence; empty where all is equal. */
export function differencesOf(recipes: readonly Recipe[]): readonly Difference[] {
  const isEqual = (read: (recipe: Recipe) => unknown) => new Set(recipes.map((one) => canonical(read(one)))).size <= 1
  const found: Difference[] = []
  if (!isEqual(({ seed }) => seed)) {
    const seeds = [...new Set(recipes.map(({ seed }) => seed))].join(', ')
    found.push({
      code: 'seed',
      text: {
        en: `The seeds differ (${seeds}): the models began with other weights and saw the samples in another order.`,
        ko: `시드가 다릅니다(${seeds}). 모델들이 서로 다른 가중치로 시작해 표본을 다른 순서로 보았습니다.`,
      },
    })
  }
  if (!isEqual(({ split }) => split))
    found.push({
      code: 'split',
      text: {
        en: 'The splits differ: the models were trained and validated on other samples. Only the test part is the same for all.',
        ko: '데이터 분할이 다릅니다. 모델들이 서로 다른 표본으로 학습하고 검증했습니다. 테스트 데이터만 같습니다.',
      },
    })
  const fields = (Object.keys(recipeFieldNames) as (keyof Recipe)[]).filter(
    (field) => !toldApart.has(field) && !isEqual((recipe) => recipe[field]),
  )
  if (fields.length > 0) {
    const names = (language: keyof Text) => fields.map((field) => recipeFieldNames[field][language]).join(', ')
    found.push({
      code: 'recipe',
      text: {
        en: `The recipes differ: ${names('en')}. What a model gains by its recipe is not gained by its layers.`,
        ko: `학습 설정이 다릅니다: ${names('ko')}. 학습 설정으로 얻은 차이는 층 구조로 얻은 차이가 아닙니다.`,
      },
    })
  }
  if (recipes.some(({ split }) => split.validation === 'test'))
    found.push({
      code: 'judged-on-test',
      text: {
        en: 'The best epoch was chosen on the test part, so the figures of the test part flatter the models.',
        ko: '테스트 데이터로 최적 에포크를 골랐으므로 테스트 결과가 실제보다 좋게 나옵니다.',
      },
    })
  return found
}

/** Models whose training was stopped are not what their recipe would have made of them. */
export function stoppedDifference(
  models: readonly {
    readonly name: string
    readonly epoch: number
    readonly isWithin: boolean
    readonly epochs: number
  }[],
): Difference {
  const en = models.map(
    ({ name, epoch, isWithin, epochs }) => `"${name}" ${isWithin ? 'within' : 'after'} epoch ${epoch} of ${epochs}`,
  )
  const ko = models.map(
    ({ name, epoch, isWithin, epochs }) => `"${name}" ${epochs}에포크 중 ${epoch}에포크 ${isWithin ? '도중' : '후'}`,
  )
  return {
    code: 'stopped',
    text: {
      en: `Training was stopped before its end: ${en.join(', ')}. More training might have changed the figures.`,
      ko: `학습을 끝까지 하지 않고 중지했습니다: ${ko.join(', ')}. 더 학습했다면 결과가 달라졌을 수 있습니다.`,
    },
  }
}

/** JSON with the keys of objects in order; of a value that is left out, nothing. */
function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_, inner: unknown) =>
      typeof inner === 'object' && inner !== null && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
        : inner,
    ) ?? ''
  )
}
