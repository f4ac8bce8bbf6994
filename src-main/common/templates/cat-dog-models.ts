import { chainModel } from './template.ts'

const input = ['input', { shape: [32, 32, 1] }] as const

/** The course's LeNet-5 for 32×32 grey pictures of two classes: 91,181 parameters. */
export const catDogCnn = chainModel('cnn', 'LeNet-5', [
  input,
  ['conv2d', { filters: 6, kernelSize: [5, 5], padding: 'same', activation: 'relu' }],
  ['maxPooling2d', { poolSize: [2, 2] }],
  ['conv2d', { filters: 16, kernelSize: [5, 5], padding: 'valid', activation: 'relu' }],
  ['maxPooling2d', { poolSize: [2, 2] }],
  ['conv2d', { filters: 120, kernelSize: [5, 5], padding: 'valid', activation: 'relu' }],
  ['flatten'],
  ['dense', { units: 84, activation: 'relu' }],
  ['dense', { units: 1, activation: 'sigmoid' }],
])

/** An MLP with as many parameters as that CNN, to within one per cent: 90,289. */
export const catDogMlp = chainModel('mlp', 'MLP', [
  input,
  ['flatten'],
  ['dense', { units: 88, activation: 'relu' }],
  ['dense', { units: 1, activation: 'sigmoid' }],
])
