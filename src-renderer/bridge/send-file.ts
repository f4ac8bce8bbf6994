import type { Result } from '../../src-main/common/result.ts'
import { failure, success } from '../../src-main/common/result.ts'
import type { Bridge } from './bridge.ts'
import type { DroppedFiles, FileContent } from './dropped-files.ts'

const PIECE_BYTES = 1_048_576

/** Sends a file to the host piece by piece; `onPiece` hears of each and may end it with false. The answer is where it lies there. */
export async function sendFile(
  bridge: Bridge,
  transfer: string,
  { name, file }: FileContent,
  onPiece: (bytes: number) => boolean = () => true,
): Promise<Result<string>> {
  let path = ''
  try {
    for (let offset = 0; offset === 0 || offset < file.size; offset += PIECE_BYTES) {
      const bytes = new Uint8Array(await file.slice(offset, offset + PIECE_BYTES).arrayBuffer())
      if (!onPiece(0)) return failure('cancelled', 'The transfer was cancelled.')
      const result = await bridge.request('dataset.receive', { transfer, name, offset, bytes })
      if (!result.ok) return result
      path = result.value.path
      if (!onPiece(bytes.length)) return failure('cancelled', 'The transfer was cancelled.')
    }
  } catch (error) {
    return failure('not-found', `A file that was dropped can no longer be read: ${String(error)}`)
  }
  return success(path)
}

/** Where the only file of a drop lies for the host. */
export async function sendOne(bridge: Bridge, dropped: DroppedFiles): Promise<Result<string>> {
  if (dropped.kind === 'paths') return success(dropped.paths[0] ?? '')
  const [content] = dropped.contents
  if (!content) return failure('not-found', 'A file was expected. Received: none')
  return sendFile(bridge, `picture-${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`, content)
}
