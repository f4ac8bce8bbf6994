import type { FileFormat } from '../../../common/data/reading.ts'
import type { FormatReader } from '../reader.ts'
import { arrays } from './arrays.ts'
import { pictures } from './pictures.ts'
import { series } from './series.ts'
import { table } from './table.ts'

/** Every kind of files there is, in the order in which they are tried. */
export const formats: { readonly [F in FileFormat]: FormatReader<F> } = { pictures, arrays, series, table }
