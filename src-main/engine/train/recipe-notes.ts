import type { Text } from '../../common/layers/text.ts'
import { metricDefinitions, metricsOf } from '../../common/training/metrics.ts'
import type { Monitored, Recipe } from '../../common/training/recipe.ts'
import type { Dataset } from '../datasets/reader.ts'
import type { RecipeSplit } from './batches.ts'
import { classWeightsFor, unknownWeightedClasses } from './class-weights.ts'

/** What of a recipe cannot be followed with these data, and what is done instead. */
export interface FollowedRecipe {
  readonly recipe: Recipe
  /** Sentences for the run's log. */
  readonly notes: readonly Text[]
}

/** The recipe as it is followed: what is watched must be measured. */
export function followedRecipe(recipe: Recipe, dataset: Dataset, split: RecipeSplit): FollowedRecipe {
  const { task, classes } = dataset.descriptor
  const notes: Text[] = []
  const all = metricsOf(task, classes.length, recipe.topK)
  // While training only the accuracy is counted.
  const measured = split.validation.positions.length > 0 ? all : all.filter((type) => type === 'accuracy')
  const watchable = (purpose: Text, monitor: Monitored): Monitored => {
    if (monitor === 'loss' || measured.includes(monitor)) return monitor
    const { title } = metricDefinitions[monitor]
    notes.push({
      en: `${purpose.en} watches the loss: "${title.en}" is not measured here.`,
      ko: `${purpose.ko}은(는) 손실을 지켜봅니다. 여기서는 "${title.ko}"을(를) 재지 않습니다.`,
    })
    return 'loss'
  }
  const { earlyStopping, schedule } = recipe
  const followed: Recipe = {
    ...recipe,
    ...(earlyStopping?.monitor !== undefined && {
      earlyStopping: {
        ...earlyStopping,
        monitor: watchable({ en: 'Early stopping', ko: '조기 종료' }, earlyStopping.monitor),
      },
    }),
    ...(schedule?.type === 'plateau' && {
      schedule: { ...schedule, monitor: watchable({ en: 'The schedule', ko: '학습률 일정' }, schedule.monitor) },
    }),
  }
  const unknown = unknownWeightedClasses(recipe, classes)
  if (unknown.length > 0)
    notes.push({
      en: `Class weights of ${unknown.join(', ')} are passed over: the data have no such class.`,
      ko: `데이터에 없는 클래스의 가중치는 쓰지 않습니다: ${unknown.join(', ')}.`,
    })
  const weights = classWeightsFor(recipe, dataset, split.train)
  if (weights !== null) {
    const said = classes.map((name, label) => `${name} ${Number((weights[label] ?? 1).toPrecision(4))}`).join(', ')
    notes.push({
      en: `The classes count in the loss by these weights: ${said}.`,
      ko: `손실에서 각 클래스는 다음 가중치로 계산됩니다: ${said}.`,
    })
  }
  return { recipe: followed, notes }
}
