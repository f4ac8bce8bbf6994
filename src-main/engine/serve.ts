import type { EngineHandlers, EngineStart, ToEngine } from '../common/engine-protocol.ts'
import type { Result } from '../common/result.ts'
import { failure } from '../common/result.ts'
import { openConnection } from './connection.ts'
import { createHandlers } from './handlers.ts'

async function answer(handlers: EngineHandlers, message: ToEngine): Promise<Result<unknown>> {
  if (!Object.hasOwn(handlers, message.method))
    return failure('invalid-request', `The engine knows no request "${message.method}".`)
  const handler = handlers[message.method] as (params: unknown) => Promise<Result<unknown>>
  try {
    return await handler(message.params)
  } catch (error) {
    const reason = error instanceof Error ? error : new Error(String(error))
    return failure('internal', `The engine failed at "${message.method}": ${reason.message}`, reason.stack)
  }
}

/** Answers the host from now on. `decoderScript` is what decodes pictures, a process of its own. */
export function serve(start: EngineStart, decoderScript: string): void {
  const connection = openConnection()
  const { handlers, warmUp } = createHandlers(start, connection.send, decoderScript)
  connection.onMessage((message) => {
    void answer(handlers, message).then((result) => {
      connection.send({ kind: 'answer', id: message.id, result })
    })
  })
  connection.send({ kind: 'ready' })
  // Loading TensorFlow blocks for a second: after 'ready', so that nobody waits for it.
  setImmediate(warmUp)
}
