import { catDogMlp } from './cat-dog-models.ts'
import { catDogRecipe } from './cat-dog-recipe.ts'
import { templateProject } from './template.ts'
import type { Template } from './template.ts'

export const mlpCatDog: Template = {
  id: 'mlp-cat-dog',
  title: { en: 'Cat or dog with an MLP', ko: 'MLP로 고양이와 개 구분' },
  about: {
    en: 'A fully connected network looks at the same pictures without any notion of place.',
    ko: '완전 연결 신경망이 위치 개념 없이 같은 그림을 봅니다.',
  },
  project: templateProject({
    name: 'Cat or dog with an MLP',
    dataset: { source: 'cat-dog-doodles' },
    models: [catDogMlp],
    recipe: catDogRecipe,
  }),
}
