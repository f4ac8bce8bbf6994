import type { Text } from '../layers/text.ts'

/** What models can be written as for other programs, by an engine. */
export const exportFormats = ['keras', 'pytorch', 'keras-h5', 'tfjs'] as const
export type ExportFormat = (typeof exportFormats)[number]

/** Forms that need no engine's help beside them: a picture of the graph, and the report of a run. */
export const exportChoices = [...exportFormats, 'graph-svg', 'report'] as const
export type ExportChoice = (typeof exportChoices)[number]

/** What the first bytes of a form's file are, and what is in it by which Convas knows it for its own; other forms are folders. */
export const exportMarks: Readonly<Partial<Record<ExportChoice, { readonly start: string; readonly mark: string }>>> = {
  'keras-h5': { start: '\u0089HDF', mark: 'generated_by' },
  'graph-svg': { start: '<svg', mark: 'data-generator="Convas"' },
  report: { start: '<!doctype html>', mark: '<meta name="generator" content="Convas">' },
}

/** The file of one of several models, beside the others: its name before the ending. */
export function fileOfModel(to: string, name: string): string {
  return to.replace(/(\.[^./\\]*)?$/, (ending) => `-${name}${ending}`)
}

/** What was written, and what of the model or the recipe could not be. */
export interface ExportOutcome {
  /** Whole paths. */
  readonly files: readonly string[]
  readonly notes: readonly Text[]
}

/** A form in words: its name, what it is for, and how its files end; `ending` is null where a folder is written. */
export const exportFormatTexts: Readonly<
  Record<ExportChoice, { readonly title: Text; readonly about: Text; readonly ending: string | null }>
> = {
  keras: {
    title: { en: 'Keras script', ko: 'Keras 스크립트' },
    about: {
      en: 'A Python program that builds, trains and checks each model with Keras 3, with data and weights beside it.',
      ko: 'Keras 3으로 모델을 만들고 학습하고 확인하는 파이썬 프로그램입니다. 데이터와 가중치가 함께 저장됩니다.',
    },
    ending: null,
  },
  pytorch: {
    title: { en: 'PyTorch script', ko: 'PyTorch 스크립트' },
    about: {
      en: 'The same as a program for PyTorch, with its weights in the order of PyTorch.',
      ko: '같은 내용의 PyTorch 프로그램입니다. 가중치는 PyTorch의 배열 순서로 저장됩니다.',
    },
    ending: null,
  },
  'keras-h5': {
    title: { en: 'Keras file (.h5)', ko: 'Keras 파일 (.h5)' },
    about: {
      en: 'One file with layers and weights, for load_model.',
      ko: '층과 가중치를 담은 파일 하나입니다. load_model로 불러옵니다.',
    },
    ending: '.h5',
  },
  tfjs: {
    title: { en: 'TensorFlow.js folder', ko: 'TensorFlow.js 폴더' },
    about: {
      en: 'model.json and weights, for web pages: tf.loadLayersModel.',
      ko: '웹 페이지에서 쓰는 model.json과 가중치입니다. tf.loadLayersModel로 불러옵니다.',
    },
    ending: null,
  },
  'graph-svg': {
    title: { en: 'Graph (SVG)', ko: '그래프 (SVG)' },
    about: {
      en: 'A picture of the layers with their shapes and counts.',
      ko: '층과 크기, 매개변수 수를 그린 그림입니다.',
    },
    ending: '.svg',
  },
  report: {
    title: { en: 'Report (HTML)', ko: '보고서 (HTML)' },
    about: {
      en: 'Results, curves, confusion, kernels, maps, recipe and code in one file that opens without a network.',
      ko: '결과, 곡선, 혼동 행렬, 커널, 특징 맵, 학습 설정, 코드를 담은 파일 하나로, 네트워크 없이 열립니다.',
    },
    ending: '.html',
  },
}
