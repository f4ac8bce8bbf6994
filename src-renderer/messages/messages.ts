import type { Text } from '../../src-main/common/layers/text.ts'
import { canvasMessages } from './canvas.ts'
import { compareMessages } from './compare.ts'
import { dataMessages } from './data.ts'
import { exportMessages } from './export.ts'
import { fieldMessages } from './fields.ts'
import { insideMessages } from './inside.ts'
import { lessonMessages } from './lessons.ts'
import { panelMessages } from './panels.ts'
import { pictureMessages } from './pictures.ts'
import { whyMessages } from './why.ts'
import { recipeMessages } from './recipe.ts'
import { runsMessages } from './runs.ts'
import { seriesMessages } from './series.ts'
import { shellMessages } from './shell.ts'

/** Every sentence of the window, in both languages; places in braces are filled in. */
const messages = {
  ...shellMessages,
  ...canvasMessages,
  ...panelMessages,
  ...insideMessages,
  ...whyMessages,
  ...compareMessages,
  ...lessonMessages,
  ...dataMessages,
  ...exportMessages,
  ...pictureMessages,
  ...recipeMessages,
  ...seriesMessages,
  ...runsMessages,
  ...fieldMessages,
} satisfies Record<string, Text>

export type MessageKey = keyof typeof messages
export type Language = keyof Text

export function isMessageKey(key: string): key is MessageKey {
  return Object.hasOwn(messages, key)
}

/** The message with its `{name}` places filled in. */
export function message(language: Language, key: MessageKey, values: Record<string, string | number> = {}): string {
  return messages[key][language].replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place))
}
