import type { Part } from '../../../common/data/dataset.ts'

export const parts: readonly Part[] = ['train', 'test']
