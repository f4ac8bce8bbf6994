import { catDogCnn, catDogMlp } from './cat-dog-models.ts'
import { catDogRecipe } from './cat-dog-recipe.ts'
import { templateProject } from './template.ts'
import type { Template } from './template.ts'

export const lenetCatDog: Template = {
  id: 'lenet-cat-dog',
  title: { en: 'Cat or dog: CNN against MLP', ko: '고양이와 개: CNN 대 MLP' },
  about: {
    en: 'LeNet-5 and an MLP with as many parameters learn to tell cats from dogs side by side, on the same data with the same seed.',
    ko: 'LeNet-5와 매개변수 수가 비슷한 MLP가 같은 데이터와 같은 시드로 나란히 고양이와 개를 구분하는 법을 배웁니다.',
  },
  project: templateProject({
    name: 'Cat or dog',
    dataset: { source: 'cat-dog-doodles' },
    models: [catDogCnn, catDogMlp],
    recipe: catDogRecipe,
  }),
}
