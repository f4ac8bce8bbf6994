import type { Text } from '../layers/text.ts'
import type { Edit } from './edit.ts'

/** A fault of a model, on the node or the wire that has it. `code` is stable; `text` says what was expected and what came. */
export interface Problem {
  readonly code: string
  readonly severity: 'error' | 'warning'
  readonly node: string | null
  readonly edge: readonly [from: string, to: string] | null
  /** The faulty parameter, where it is one. */
  readonly param: string | null
  readonly text: Text
  readonly fixes: readonly Fix[]
}

/** A mend that one click applies: all its edits as one undoable step. */
export interface Fix {
  readonly title: Text
  readonly edits: readonly Edit[]
}
