import { mkdir, open, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type { RequestParams, RequestResult } from '../common/contract.ts'
import type { Result } from '../common/result.ts'
import { failure, failureIn, success } from '../common/result.ts'
import { describeFileFault } from './faults.ts'

/** Files that a page sends because a browser does not tell where they lie. */
export interface IncomingFiles {
  readonly receive: (piece: RequestParams<'dataset.receive'>) => Promise<Result<RequestResult<'dataset.receive'>>>
}

/** Keeps what comes under `folder`, a folder for each transfer, until the next start. */
export function createIncomingFiles(folder: string): IncomingFiles {
  let cleared: Promise<void> | null = null
  return {
    receive: async ({ transfer, name, offset, bytes }) => {
      const parts = name.split(/[/\\]/)
      const isSafe = parts.every((part) => part !== '' && part !== '.' && part !== '..' && !hasForbidden(part))
      if (!isSafe)
        return failureIn('invalid-request', {
          en: `A path inside the dropped folder was expected. Received: ${JSON.stringify(name)}`,
          ko: `놓은 폴더 안의 경로여야 합니다. 받은 값: ${JSON.stringify(name)}`,
        })
      const [top = ''] = parts
      const file = path.join(folder, transfer, ...parts)
      try {
        // What a former start has received was imported, or never will be.
        await (cleared ??= rm(folder, { recursive: true, force: true }))
        await mkdir(path.dirname(file), { recursive: true })
        const present = await stat(file).then(
          ({ size }) => size,
          () => 0,
        )
        if (offset > present)
          return failure(
            'invalid-request',
            `The piece at ${present} was expected next of ${name}. Received: the one at ${offset}`,
          )
        const handle = await open(file, offset === 0 ? 'w' : 'r+')
        try {
          await handle.write(bytes, 0, bytes.length, offset)
        } finally {
          await handle.close()
        }
        return success({ path: path.join(folder, transfer, top) })
      } catch (error) {
        return { ok: false, error: describeFileFault(error, file) }
      }
    },
  }
}

/** Letters that no file system, or not Windows's, takes in a name. */
function hasForbidden(part: string): boolean {
  return /[<>:"|?*]/.test(part) || Array.from(part).some((letter) => letter < ' ')
}
