import type { Model } from '../graph/graph.ts'
import type { Recipe } from '../training/recipe.ts'
import { recipeSchema } from '../training/recipe.ts'
import type { Project } from './project.ts'

const widthLimit = 120

/** A project as a `.convas` file's text: always in the same order, a node and a wire a line, ending with a newline. */
export function writeProject(project: Project): string {
  const { format, version, name, dataset, models, recipe, picture } = project
  const content = {
    format,
    version,
    name,
    dataset,
    models: models.map(orderedModel),
    recipe: orderedRecipe(recipe),
    picture,
  }
  return `${written(content, 0)}\n`
}

/** In the order of the schema, so that a field that is added there is written here. */
function orderedRecipe(recipe: Recipe): unknown {
  return Object.fromEntries(
    (Object.keys(recipeSchema.shape) as (keyof Recipe)[]).map((field) => [field, recipe[field]]),
  )
}

function orderedModel({ id, name, nodes, edges }: Model): unknown {
  return {
    id,
    name,
    nodes: nodes.map((node) => ({
      id: node.id,
      layer: node.layer,
      name: node.name,
      params: node.params,
      x: node.x,
      y: node.y,
    })),
    edges,
  }
}

/** JSON where short things stay on one line, but a list of lists or objects gets a line for each. */
function written(value: unknown, depth: number): string {
  const inner = '  '.repeat(depth + 1)
  const outer = '  '.repeat(depth)
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]'
    if (!value.some((item) => typeof item === 'object' && item !== null)) return oneLine(value)
    return `[\n${value.map((item) => `${inner}${written(item, depth + 1)}`).join(',\n')}\n${outer}]`
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries = Object.entries(value).filter(([, item]) => item !== undefined)
  const line = oneLine(value)
  const isFlat = !entries.some(([, item]) => Array.isArray(item) && item.some((part) => typeof part === 'object'))
  if (depth > 0 && isFlat && line.length + 2 * depth <= widthLimit) return line
  return `{\n${entries.map(([key, item]) => `${inner}${JSON.stringify(key)}: ${written(item, depth + 1)}`).join(',\n')}\n${outer}}`
}

function oneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(oneLine).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries = Object.entries(value).filter(([, item]) => item !== undefined)
  if (entries.length === 0) return '{}'
  return `{ ${entries.map(([key, item]) => `${JSON.stringify(key)}: ${oneLine(item)}`).join(', ')} }`
}
