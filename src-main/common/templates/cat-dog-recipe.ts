import type { Recipe } from '../training/recipe.ts'

/** The course trains on three quarters of the pictures and validates on the last. */
export const catDogRecipe: Recipe = {
  optimizer: { type: 'adam', learningRate: 0.001 },
  loss: 'binaryCrossentropy',
  batchSize: 32,
  epochs: 10,
  seed: 1,
  split: { validation: 0.25 },
}
