import type { Text } from '../../src-main/common/layers/text.ts'

/** Inspector, dock and rooms: everything that shows data, training and what is inside. */
export const panelMessages = {} as const satisfies Record<string, Text>
