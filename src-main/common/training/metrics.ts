import type { Text } from '../layers/text.ts'

export const metricTypes = [
  'accuracy',
  'topK',
  'precision',
  'recall',
  'f1',
  'auc',
  'meanAbsoluteError',
  'rootMeanSquaredError',
  'rSquared',
] as const
export type MetricType = (typeof metricTypes)[number]

/** What was measured over a part of the data; what does not apply, or is not defined there, is left out. */
export type MetricValues = Readonly<Partial<Record<MetricType, number>>>

interface MetricDefinition {
  readonly task: 'classification' | 'regression'
  readonly better: 'higher' | 'lower'
  /** Shown in per cent. */
  readonly isFraction: boolean
  readonly title: Text
  readonly help: Text
}

export const metricDefinitions: Readonly<Record<MetricType, MetricDefinition>> = {
  accuracy: {
    task: 'classification',
    better: 'higher',
    isFraction: true,
    title: { en: 'Accuracy', ko: '정확도' },
    help: { en: 'The share of samples classified rightly.', ko: '바르게 분류한 표본의 비율입니다.' },
  },
  topK: {
    task: 'classification',
    better: 'higher',
    isFraction: true,
    title: { en: 'Top-k accuracy', ko: 'Top-k 정확도' },
    help: {
      en: 'The share of samples whose true class is among the k best scores.',
      ko: '점수가 가장 높은 k개 클래스 안에 정답이 있는 표본의 비율입니다.',
    },
  },
  precision: {
    task: 'classification',
    better: 'higher',
    isFraction: true,
    title: { en: 'Precision', ko: '정밀도' },
    help: {
      en: 'Of the samples taken for a class, the share that is of it: of the second of two classes, else the mean over classes.',
      ko: '어떤 클래스로 예측한 표본 중 실제로 그 클래스인 비율입니다. 두 클래스면 두 번째 클래스, 그 밖에는 클래스 평균입니다.',
    },
  },
  recall: {
    task: 'classification',
    better: 'higher',
    isFraction: true,
    title: { en: 'Recall', ko: '재현율' },
    help: {
      en: 'Of the samples of a class, the share that was found: of the second of two classes, else the mean over classes.',
      ko: '어떤 클래스의 표본 중 찾아낸 비율입니다. 두 클래스면 두 번째 클래스, 그 밖에는 클래스 평균입니다.',
    },
  },
  f1: {
    task: 'classification',
    better: 'higher',
    isFraction: true,
    title: { en: 'F1 score', ko: 'F1 점수' },
    help: {
      en: 'The harmonic mean of precision and recall: of the second of two classes, else the mean over classes.',
      ko: '정밀도와 재현율의 조화 평균입니다. 두 클래스면 두 번째 클래스, 그 밖에는 클래스 평균입니다.',
    },
  },
  auc: {
    task: 'classification',
    better: 'higher',
    isFraction: false,
    title: { en: 'AUC', ko: 'AUC' },
    help: {
      en: 'The chance that a sample of a class scores above one that is not: the exact area under the ROC curve, as in scikit-learn. With several classes, the mean of each against the rest.',
      ko: '어떤 클래스의 표본이 그렇지 않은 표본보다 높은 점수를 받을 확률로, scikit-learn과 같은 정확한 ROC 곡선 아래 면적입니다. 여러 클래스면 각 클래스 대 나머지의 평균입니다.',
    },
  },
  meanAbsoluteError: {
    task: 'regression',
    better: 'lower',
    isFraction: false,
    title: { en: 'Mean absolute error', ko: '평균 절대 오차' },
    help: { en: 'How far off the value is on average.', ko: '예측값이 평균적으로 벗어난 크기입니다.' },
  },
  rootMeanSquaredError: {
    task: 'regression',
    better: 'lower',
    isFraction: false,
    title: { en: 'Root mean squared error', ko: '평균 제곱근 오차' },
    help: {
      en: 'The root of the mean squared error, in the units of the value.',
      ko: '평균 제곱 오차의 제곱근으로, 예측값과 단위가 같습니다.',
    },
  },
  rSquared: {
    task: 'regression',
    better: 'higher',
    isFraction: false,
    title: { en: 'R²', ko: '결정 계수 R²' },
    help: {
      en: 'How much of the variance is explained: 1 is perfect, 0 no better than the mean.',
      ko: '설명되는 분산의 비율입니다. 1이면 완벽하고 0이면 평균값만 내는 것과 같습니다.',
    },
  },
}

/** The metrics of a task, in the order in which they are shown; top-k only where it is not sure to be right. */
export function metricsOf(
  task: MetricDefinition['task'],
  classes: number,
  topK: number | undefined,
): readonly MetricType[] {
  return metricTypes.filter(
    (type) => metricDefinitions[type].task === task && (type !== 'topK' || classes > topKOf(topK, classes)),
  )
}

/** How many of the best scores count: what the recipe says, else 5, or 2 of few classes. */
export function topKOf(chosen: number | undefined, classes: number): number {
  return chosen ?? (classes > 5 ? 5 : 2)
}
