import type { Text } from '../../src-main/common/layers/text.ts'

/** The canvas and all that builds a model: palette, nodes, wires, notation, outline. */
export const canvasMessages = {} as const satisfies Record<string, Text>
