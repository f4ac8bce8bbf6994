import type { Activation } from './shared-params.ts'
import type { Padding } from './window-shapes.ts'

/** A size as the notation writes it: "5" where all axes are equal, else "3x5". */
export function sizeToken(size: number | readonly number[]): string {
  if (typeof size === 'number') return String(size)
  return size.every((length) => length === size[0]) ? String(size[0]) : size.join('x')
}

/** "/2" where a window moves further than one. */
export function strideToken(strides: number | readonly number[]): string {
  const token = sizeToken(strides)
  return token === '1' ? '' : `/${token}`
}

/** "s" for same; valid is the default and is left out. */
export function paddingToken(padding: Padding): string {
  return padding === 'same' ? 's' : ''
}

/** ":tanh"; relu is the default and is left out. */
export function activationToken(activation: Activation): string {
  return activation === 'relu' ? '' : `:${activation}`
}

/** The pooling tokens "P", "P3", "P3/2s": size 2 and a stride like the size are left out. */
export function poolToken(
  prefix: string,
  poolSize: number | readonly number[],
  strides: number | readonly number[] | null,
  padding: Padding,
): string {
  const size = sizeToken(poolSize)
  const stride = strides === null ? size : sizeToken(strides)
  return `${prefix}${size === '2' ? '' : size}${stride === size ? '' : `/${stride}`}${paddingToken(padding)}`
}
