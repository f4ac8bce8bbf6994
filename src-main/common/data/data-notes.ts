import type { Text } from '../layers/text.ts'
import type { DatasetDescriptor } from './dataset.ts'

type Described = Pick<DatasetDescriptor, 'task' | 'classes' | 'classCounts'>

/** Whether nothing tells what the samples are: models can be looked into with them, not trained. */
export function isUnlabelled({ task, classes }: Pick<Described, 'task' | 'classes'>): boolean {
  return task === 'classification' && classes.length === 0
}

/** Why nothing can be trained on data without labels, and what to do. */
export const noLabels: Text = {
  en: 'The data have no labels, so there is nothing to learn. Label them in the Data room, or import them with their labels.',
  ko: '데이터에 레이블이 없어 학습할 것이 없습니다. 데이터 화면에서 레이블을 붙이거나 레이블과 함께 가져오세요.',
}

/** What should be known before anything is trained on a data set. */
export function dataNotes(data: Described): readonly Text[] {
  if (isUnlabelled(data)) return [noLabels]
  if (data.task !== 'classification') return []
  if (data.classes.length === 1)
    return [
      {
        en: 'There is only one class: nothing can be told apart.',
        ko: '클래스가 하나뿐이어서 구별할 것이 없습니다.',
      },
    ]
  const empty = data.classCounts.filter((count) => count === 0).length
  const single = data.classCounts.filter((count) => count === 1).length
  const notes: Text[] = []
  if (empty > 0)
    notes.push({
      en: `Classes without a sample to train on: ${empty}.`,
      ko: `학습용 표본이 하나도 없는 클래스: ${empty}개.`,
    })
  if (single > 0)
    notes.push({
      en: `Classes with a single sample to train on: ${single}. None is left of them to validate on; add more samples.`,
      ko: `학습용 표본이 하나뿐인 클래스: ${single}개. 검증에 쓸 표본이 남지 않으니 표본을 더 넣으세요.`,
    })
  return notes
}
