import '../zod-without-eval.ts'
import { z } from 'zod'

/** What kinds of files Convas can make a data set of. */
export const fileFormats = ['pictures', 'arrays', 'series', 'table'] as const
export type FileFormat = (typeof fileFormats)[number]

export const scalings = ['minMax', 'standard', 'none'] as const
export type Scaling = (typeof scalings)[number]

const columnName = z.string().max(1_000)
const share = z.number().min(0).max(0.9)
const seed = z.int().min(0).max(4_294_967_295)
const length = z.int().min(1).max(4_096)

/** How a text file of values is read; found out where a choice is left out. */
const textShape = {
  encoding: z.enum(['utf-8', 'utf-16le', 'utf-16be', 'euc-kr', 'windows-1252']),
  delimiter: z.enum([',', ';', '\t', '|', ' ']),
  /** Whether the first row names the columns. */
  header: z.boolean(),
  decimal: z.enum(['.', ',']),
}

/** Pictures in folders, zips or a list of files. */
export const pictureOptionsSchema = z.object({
  format: z.literal('pictures'),
  /** By the folder that holds a picture, by what its name begins with (`cat.12.jpg`), or by a CSV of files and labels. */
  labelsFrom: z.enum(['folders', 'prefix', 'table', 'none']),
  height: length,
  width: length,
  channels: z.union([z.literal(1), z.literal(3)]),
  /** Stretch to the size, fill it and cut what stands out, or fit inside on black. */
  fit: z.enum(['stretch', 'cover', 'contain']),
  /** The classes in the order of their labels; pictures of others are left out. */
  classes: z.array(columnName).max(100_000),
  /** Folders or archives whose pictures are the external test, and those that are for validation. */
  testFolders: z.array(z.string()).max(1_000),
  validationFolders: z.array(z.string()).max(1_000),
  /** Share held back as the test where no folder is; each class gives the same share. */
  testShare: share,
  seed,
})

/** Arrays with a shape of their own: idx, npy, npz and the batches of CIFAR. */
export const arrayOptionsSchema = z.object({
  format: z.literal('arrays'),
  /** Names of the arrays that hold the samples and their labels, as the inspection lists them; null where there are none. */
  trainInputs: z.string(),
  trainTargets: z.string().nullable(),
  testInputs: z.string().nullable(),
  testTargets: z.string().nullable(),
  /** Samples for validation; they come after the training ones, and a recipe may judge on what was set aside. */
  validationInputs: z.string().nullable(),
  validationTargets: z.string().nullable(),
  /** Where the channels lie in arrays of four axes. */
  channelsFirst: z.boolean(),
  task: z.enum(['classification', 'regression']),
  classes: z.array(columnName).max(100_000),
  testShare: share,
  seed,
})

/** How windows are cut out of a series. */
const windowShape = {
  /** Rows in a window, rows from its end to the target, rows between two windows. */
  lookBack: z.int().min(1).max(100_000),
  horizon: z.int().min(1).max(100_000),
  stride: z.int().min(1).max(100_000),
  /** Fitted on the rows of the training part only. */
  scaling: z.enum(scalings),
  testShare: share,
}

/** What may be chosen of a series that comes with Convas; the rest is as the courses have it. */
export const windowChoicesSchema = z.object({
  lookBack: windowShape.lookBack.exactOptional(),
  horizon: windowShape.horizon.exactOptional(),
  stride: windowShape.stride.exactOptional(),
  scaling: windowShape.scaling.exactOptional(),
  testShare: windowShape.testShare.exactOptional(),
})
export type WindowChoices = z.infer<typeof windowChoicesSchema>

/** A CSV or TSV whose rows follow one another in time. Windows are cut out of it; the test is its end. */
export const seriesOptionsSchema = z.object({
  format: z.literal('series'),
  ...textShape,
  /** The column of dates; null where rows are simply in order. */
  time: columnName.nullable(),
  /** What a window holds, and which of the columns (or another) is foretold. */
  columns: z.array(columnName).min(1).max(256),
  target: columnName,
  ...windowShape,
  missing: z.enum(['interpolate', 'previous']),
})

/** A CSV or TSV whose rows are samples that do not depend on one another. */
export const tableOptionsSchema = z.object({
  format: z.literal('table'),
  ...textShape,
  /** Columns of numbers, and columns of words, each of whose words becomes a column of 0 and 1. */
  features: z.array(columnName).min(1).max(10_000),
  target: columnName,
  task: z.enum(['classification', 'regression']),
  scaling: z.enum(scalings),
  /** A row with a missing value is left out, or gets the training part's mean there. */
  missing: z.enum(['drop', 'mean']),
  testShare: share,
  seed,
})

export type PictureOptions = z.infer<typeof pictureOptionsSchema>
export type ArrayOptions = z.infer<typeof arrayOptionsSchema>
export type SeriesOptions = z.infer<typeof seriesOptionsSchema>
export type TableOptions = z.infer<typeof tableOptionsSchema>
/** Everything that decides how files become samples. */
export type ReadingOptions = PictureOptions | ArrayOptions | SeriesOptions | TableOptions

/** Every format's options; those that somebody may leave open are left out of `readingChoicesSchema`. */
export const readingOptionsSchemas = {
  pictures: pictureOptionsSchema,
  arrays: arrayOptionsSchema,
  series: seriesOptionsSchema,
  table: tableOptionsSchema,
} as const

/** The options that somebody chose; the others are found out from the files. */
export const readingChoicesSchema = z.discriminatedUnion('format', [
  pictureOptionsSchema.partial().required({ format: true }),
  arrayOptionsSchema.partial().required({ format: true }),
  seriesOptionsSchema.partial().required({ format: true }),
  tableOptionsSchema.partial().required({ format: true }),
])
export type ReadingChoices = z.infer<typeof readingChoicesSchema>

/** A file or folder, others that belong to it (labels, batches, an external test), and how they are read. */
export const fileSourceSchema = z.object({
  path: z.string().min(1).max(32_768),
  more: z.array(z.string().min(1).max(32_768)).max(1_000).exactOptional(),
  options: readingChoicesSchema.exactOptional(),
})
export type FileSource = z.infer<typeof fileSourceSchema>
