import '../zod-without-eval.ts'
import { z } from 'zod'
import { dataSourceSchema, pictureRefSchema } from '../data/dataset.ts'
import { layerTypes } from '../layers/registry.ts'
import { recipeSchema } from '../training/recipe.ts'
import { projectFormat, projectVersion } from './project.ts'

const id = z.string().min(1).max(200)
const paramValue = z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.number())])

export const nodeSchema = z.object({
  id,
  layer: z.enum(layerTypes as [(typeof layerTypes)[number], ...(typeof layerTypes)[number][]]),
  name: z.string().max(200).exactOptional(),
  params: z.record(z.string(), paramValue),
  x: z.number(),
  y: z.number(),
})

export const modelSchema = z.object({
  id,
  name: z.string().max(200),
  nodes: z.array(nodeSchema).max(10_000),
  edges: z.array(z.tuple([id, id])).max(50_000),
})

export const projectSchema = z.object({
  format: z.literal(projectFormat),
  version: z.literal(projectVersion),
  name: z.string().max(200),
  dataset: dataSourceSchema.nullable(),
  models: z.array(modelSchema).max(100),
  recipe: recipeSchema,
  picture: pictureRefSchema.exactOptional(),
})
