import { toSent } from './protocol.ts'
import type { DecoderStart, FromDecoder, ToDecoder } from './protocol.ts'
import { openSharpDecoder } from './sharp-decoder.ts'
import { openTensorflowDecoder } from './tensorflow-decoder.ts'
import { decodeItems } from './worker.ts'

/** A process that decodes pictures for an engine: damaged or hostile files can cost no more than it. */
function main(): void {
  const start = JSON.parse(process.argv.at(-1) ?? '{}') as DecoderStart
  const tensorflow = start.tensorflow ? openTensorflowDecoder() : null
  let sharp: ReturnType<typeof openSharpDecoder> | undefined
  const decoders = {
    tensorflow,
    get sharp() {
      return (sharp ??= openSharpDecoder(start.wasmFolder))
    },
  }
  const answer = (message: FromDecoder) => {
    if (process.connected) process.send?.(message, undefined, undefined, () => undefined)
  }
  process.on('disconnect', () => process.exit(0))
  process.on('message', (message) => {
    const { id, items, target } = message as ToDecoder
    decodeItems(items, target, decoders).then(
      (results) => {
        answer({ id, results: results.map(toSent), fault: null })
      },
      (error: unknown) => {
        const { code } = error as NodeJS.ErrnoException
        answer({ id, results: null, fault: { message: String(error), code: code ?? null } })
      },
    )
  })
}

main()
