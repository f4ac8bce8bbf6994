import type { Text } from '../../../common/layers/text.ts'
import { fitPicture } from '../../../common/pictures/fit-picture.ts'
import type { PictureTarget } from '../../../common/pictures/fit-picture.ts'
import { upright } from '../../../common/pictures/pixels.ts'
import type { Pixels } from '../../../common/pictures/pixels.ts'
import { mount, place } from '../../../common/pictures/resize.ts'
import { InvalidData } from '../invalid-data.ts'
import { decodeBmp } from './bmp.ts'
import type { PictureHeader } from './picture-header.ts'
import { foreignPictureFormat, readPictureHeader } from './picture-header.ts'
import { mostPixels } from './sharp-decoder.ts'
import type { SharpDecoder } from './sharp-decoder.ts'
import type { TensorflowDecoder } from './tensorflow-decoder.ts'

export interface Decoders {
  readonly tensorflow: TensorflowDecoder | null
  readonly sharp: SharpDecoder | null
}

export type DecodedPicture =
  | { readonly ok: true; readonly values: Uint8Array; readonly decoder: 'tensorflow' | 'sharp' | 'convas' }
  | { readonly ok: false; readonly reason: Text }

/** A picture file as bytes of the target's size, row-major, channels last. Never throws for what the file holds. */
export async function decodePicture(
  bytes: Uint8Array,
  target: PictureTarget,
  decoders: Decoders,
): Promise<DecodedPicture> {
  if (bytes.length === 0) return refuse('The file is empty.', '빈 파일입니다.')
  const header = readPictureHeader(bytes)
  if (header === null) {
    const format = foreignPictureFormat(bytes)
    return format === null
      ? refuse('It is no picture that can be read.', '읽을 수 있는 그림이 아닙니다.')
      : refuse(
          `${format} is not read. Save it as JPEG or PNG.`,
          `${format} 형식은 읽지 못합니다. JPEG나 PNG로 저장하세요.`,
        )
  }
  if (header.width * header.height > mostPixels)
    return refuse(
      `It has ${header.width} × ${header.height} pixels; at most ${mostPixels / 1e6} million were expected.`,
      `${header.width} × ${header.height} 화소입니다. ${mostPixels / 1e6}백만 화소까지 읽습니다.`,
    )
  try {
    const direct = decoders.tensorflow && decodeDirectly(bytes, header, target, decoders.tensorflow)
    if (direct) return { ok: true, values: direct.values, decoder: 'tensorflow' }
    if (header.kind === 'bmp')
      return { ok: true, values: fitted(decodeBmp(bytes), 1, target).values, decoder: 'convas' }
    if (decoders.sharp === null)
      return refuse(
        `${header.kind.toUpperCase()} pictures need a decoder that is not set up. Run npm run setup.`,
        `${header.kind.toUpperCase()} 그림의 해독기가 설치되지 않았습니다. npm run setup 을 실행하세요.`,
      )
    const { pixels, orientation } = await decoders.sharp.decode(bytes, header)
    return { ok: true, values: fitted(pixels, orientation, target).values, decoder: 'sharp' }
  } catch (error) {
    return refuse(...faultWords(error))
  }
}

function refuse(en: string, ko: string): DecodedPicture {
  return { ok: false, reason: { en, ko } }
}

function faultWords(error: unknown): readonly [en: string, ko: string] {
  const said = error instanceof Error ? (error.message.split('\n')[0] ?? '').slice(0, 160) : String(error)
  // TensorFlow's binding gives a number for all that its decoder says.
  const reason = said.startsWith('Invalid TF_Status') ? '' : ` (${said})`
  const reasonKo = error instanceof InvalidData ? ` (${error.text.ko})` : reason
  return [`It is damaged and cannot be decoded${reason}.`, `손상되어 읽을 수 없습니다${reasonKo}.`]
}

/** JPEG and PNG through TensorFlow; null for what it does not do as well as sharp. */
function decodeDirectly(
  bytes: Uint8Array,
  header: PictureHeader,
  target: PictureTarget,
  tensorflow: TensorflowDecoder,
): Pixels | null {
  const { kind, width, height, orientation, components, hasAlpha } = header
  if (kind === 'png' && hasAlpha) return fitted(tensorflow.pngWithAlpha(bytes), 1, target)
  const isOurs = (kind === 'png' || (kind === 'jpeg' && components !== 4)) && width > 0 && height > 0
  if (!isOurs) return null
  // Resized as it is stored and turned afterwards: that is less to turn.
  const size = sizeBeforeTurning(target, orientation)
  const placement = place({ width, height }, size, target.fit)
  const pixels =
    kind === 'png'
      ? tensorflow.png(bytes, target.channels, placement)
      : tensorflow.jpeg(bytes, target.channels, { width, height }, placement)
  return upright(mount(pixels, placement, size), orientation)
}

function fitted(pixels: Pixels, orientation: number, target: PictureTarget): Pixels {
  return upright(fitPicture(pixels, { ...target, ...sizeBeforeTurning(target, orientation) }), orientation)
}

function sizeBeforeTurning({ width, height }: PictureTarget, orientation: number) {
  return orientation >= 5 ? { width: height, height: width } : { width, height }
}
