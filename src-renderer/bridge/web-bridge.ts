import { decodeMessage, encodeMessage } from '../../src-main/common/wire.ts'
import type { Bridge, Connection, EventListener } from './bridge.ts'
import { failure } from '../../src-main/common/result.ts'

const RECONNECT_MS = 1_000

type Answer = (result: unknown) => void

/** Speaks to the web host over one WebSocket and connects again when it drops. */
export function openWebBridge(url: string): Bridge {
  const waiting = new Map<number, Answer>()
  const listeners = new Set<EventListener>()
  const connectionListeners = new Set<(connection: Connection) => void>()
  let nextId = 1
  let socket: WebSocket
  let opened: Promise<void>

  function connect() {
    socket = new WebSocket(url)
    socket.binaryType = 'arraybuffer'
    opened = new Promise((resolve) => {
      socket.onopen = () => {
        resolve()
        tell('open')
      }
    })
    socket.onmessage = ({ data }) => receive(decodeMessage(new Uint8Array(data as ArrayBuffer)))
    socket.onclose = () => {
      void askWhy()
      for (const answer of waiting.values()) {
        answer(failure('engine-crashed', 'The connection to Convas was lost. It is being opened again.'))
      }
      waiting.clear()
      setTimeout(connect, RECONNECT_MS)
    }
  }

  function tell(connection: Connection) {
    for (const listener of connectionListeners) listener(connection)
  }

  /** A WebSocket does not tell why it was closed; a page does. */
  async function askWhy() {
    const answer = await fetch(location.pathname, { cache: 'no-store' }).catch(() => null)
    tell(answer?.status === 401 || answer?.status === 403 ? 'refused' : 'lost')
  }

  function receive(message: unknown) {
    const { id, result, event, payload } = message as {
      id?: number
      result?: unknown
      event?: never
      payload?: never
    }
    if (id !== undefined) {
      waiting.get(id)?.(result)
      waiting.delete(id)
    } else if (event !== undefined) {
      for (const listener of listeners) listener(event, payload as never)
    }
  }

  connect()
  return {
    request: async (name, params) => {
      await opened
      return new Promise((resolve) => {
        const id = nextId++
        waiting.set(id, resolve as Answer)
        socket.send(encodeMessage({ id, name, params }) as Uint8Array<ArrayBuffer>)
      })
    },
    onEvent: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    onConnection: (listener) => {
      connectionListeners.add(listener)
      return () => connectionListeners.delete(listener)
    },
    pathOf: () => '',
  }
}
