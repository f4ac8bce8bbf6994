import { randomBytes, timingSafeEqual } from 'node:crypto'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { WebSocketServer } from 'ws'
import type { Result } from '../common/result.ts'
import { failure, failureIn, success } from '../common/result.ts'
import type { HostEvent, HostMessage, RequestMessage } from '../common/wire.ts'
import { decodeMessage, encodeMessage } from '../common/wire.ts'
import { readStaticFile, securityHeaders } from './static-files.ts'

const MAX_REQUEST_BYTES = 64 * 1024 * 1024
/** With more than this unsent, a client is too slow for live pictures: only the newest of each waits. */
const SLOW_CLIENT_BYTES = 1024 * 1024

export interface WebServerOptions {
  readonly rendererFolder: string
  /** 0 takes any free port. */
  readonly port: number
  readonly dispatch: (name: string, params: unknown) => Promise<Result<unknown>>
  readonly onEvent: (listener: (event: HostEvent) => void) => () => void
  /** The last window has gone. */
  readonly onNobody: () => void
}

export interface WebServer {
  readonly port: number
  /** Opens the app for whoever has it; the token in it is the only key. */
  readonly address: string
  readonly close: () => Promise<void>
}

/** Serves the renderer and its requests on the loopback interface, to those who know the token. */
export async function startWebServer(options: WebServerOptions): Promise<Result<WebServer>> {
  const token = randomBytes(32).toString('base64url')
  const session = randomBytes(32).toString('base64url')
  const server = http.createServer()
  const listening = await listen(server, options.port)
  if (!listening.ok) return listening
  const port = listening.value
  // Cookies know no ports: the name keeps two running servers apart.
  const cookieName = `convas-${port}`
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`]
  const isOurHost = (request: http.IncomingMessage) => hosts.includes(request.headers.host ?? '')
  const hasSession = (request: http.IncomingMessage) =>
    isSame(readCookie(request.headers.cookie ?? '', cookieName), session)

  server.on('request', (request, response) => {
    response.on('error', () => response.destroy())
    answerPage(request, response).catch((error: unknown) => {
      console.error(error)
      response.destroy()
    })
  })
  server.on('clientError', (_error, stream) => {
    if (stream.writable) stream.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
    else stream.destroy()
  })

  async function answerPage(request: http.IncomingMessage, response: http.ServerResponse) {
    const refuse = (status: number, text: string) => {
      response.writeHead(status, { ...securityHeaders, 'content-type': 'text/plain; charset=utf-8' })
      response.end(text + '\n')
    }
    if (!isOurHost(request)) return refuse(403, 'This address is not the one that Convas serves.')
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405, 'Only GET is answered here.')
    const url = parseTarget(request.url ?? '/', `http://${hosts[0]}`)
    if (url === null) return refuse(400, 'The address of a page was expected.')
    const offered = url.searchParams.get('token')
    if (offered !== null) {
      if (!isSame(offered, token))
        return refuse(403, 'This token is not valid. Open the address that Convas printed when it started.')
      url.searchParams.delete('token')
      response.writeHead(303, {
        ...securityHeaders,
        'set-cookie': `${cookieName}=${session}; HttpOnly; SameSite=Strict; Path=/`,
        location: url.pathname + url.search,
      })
      response.end()
      return
    }
    if (!hasSession(request)) return refuse(401, 'Open the address with the token that Convas printed when it started.')
    const file = await readStaticFile(options.rendererFolder, url.pathname)
    if (!file) return refuse(404, 'There is no such file.')
    response.writeHead(200, {
      ...securityHeaders,
      'content-type': file.contentType,
      'content-length': file.body.length,
    })
    response.end(request.method === 'HEAD' ? undefined : file.body)
  }

  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_REQUEST_BYTES, perMessageDeflate: false })
  server.on('upgrade', (request: http.IncomingMessage, stream: Duplex, head: Buffer) => {
    // A client that is gone before its answer would otherwise end the process.
    stream.on('error', () => stream.destroy())
    const origin = request.headers.origin
    const refuse = (status: string) =>
      stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
    if (parseTarget(request.url ?? '/', `http://${hosts[0]}`) === null) {
      refuse('400 Bad Request')
      return
    }
    const allowed =
      isOurHost(request) && origin !== undefined && origin === `http://${request.headers.host}` && hasSession(request)
    if (!allowed) {
      refuse('403 Forbidden')
      return
    }
    try {
      sockets.handleUpgrade(request, stream, head, (socket) => {
        serveSocket(socket, options)
        socket.on('close', () => {
          if (sockets.clients.size === 0) options.onNobody()
        })
      })
    } catch (error) {
      console.error(error)
      stream.destroy()
    }
  })

  return success({
    port,
    address: `http://127.0.0.1:${port}/?token=${token}`,
    close: async () => {
      for (const socket of sockets.clients) socket.terminate()
      server.closeAllConnections()
      await new Promise<void>((resolve) => {
        server.close(() => {
          resolve()
        })
      })
    },
  })
}

function listen(server: http.Server, port: number): Promise<Result<number>> {
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      resolve(describeListenFault(error, port))
    })
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      resolve(success((server.address() as AddressInfo).port))
    })
  })
}

function describeListenFault(error: NodeJS.ErrnoException, port: number): Result<never> {
  if (error.code === 'EADDRINUSE') {
    return failure(
      'port-in-use',
      `Port ${port} is in use by another program. Give another one, or none for any free port.`,
    )
  }
  if (error.code === 'EACCES') {
    return failure(
      'no-permission',
      `Port ${port} needs administrator rights. Give one above 1023, or none for any free port.`,
    )
  }
  throw error
}

function serveSocket(socket: WebSocket, options: WebServerOptions) {
  const client = createClientQueue(socket)
  const unsubscribe = options.onEvent((event) => {
    if (event.event === 'probe') client.sendLatest(`${event.payload.run}/${event.payload.probe.model}`, event)
    else client.send(event)
  })
  socket.on('close', unsubscribe)
  socket.on('error', () => {
    socket.terminate()
  })
  async function answerRequest({ id, name, params }: RequestMessage) {
    try {
      client.send({ id, result: await options.dispatch(name, params) })
    } catch (error) {
      console.error(error)
      const result = failureIn(
        'internal',
        {
          en: `Convas could not answer ${name} because of a fault of its own.`,
          ko: `Convas의 내부 오류로 ${name} 요청에 답하지 못했습니다.`,
        },
        String(error),
      )
      client.send({ id, result })
    }
  }
  socket.on('message', (data, isBinary) => {
    const message = isBinary ? readRequest(data as Buffer) : null
    if (!message) {
      socket.close(1007, 'A request was expected')
      return
    }
    void answerRequest(message)
  })
}

function readRequest(data: Buffer): RequestMessage | null {
  try {
    const message = decodeMessage(data) as Partial<RequestMessage> | null
    if (typeof message?.id !== 'number' || typeof message.name !== 'string') return null
    return { id: message.id, name: message.name, params: message.params ?? {} }
  } catch {
    return null
  }
}

export interface ClientQueue {
  readonly send: (message: HostMessage) => void
  /** Replaces what is still waiting under the same key, so that a slow client skips pictures instead of lagging behind. */
  readonly sendLatest: (key: string, message: HostEvent) => void
}

/** What a WebSocket's sending side needs to offer. */
export interface MessageSink {
  readonly bufferedAmount: number
  readonly send: (data: Uint8Array, done: () => void) => void
}

/** Sends in order; under back pressure, of each stream of pictures only the newest is kept. */
export function createClientQueue(socket: MessageSink): ClientQueue {
  const latest = new Map<string, HostEvent>()
  const isSlow = () => socket.bufferedAmount > SLOW_CLIENT_BYTES

  function send(message: HostMessage) {
    socket.send(encodeMessage(message), sendWaiting)
  }
  function sendWaiting() {
    for (const [key, message] of latest) {
      if (isSlow()) return
      latest.delete(key)
      send(message)
    }
  }
  return {
    send,
    sendLatest: (key, message) => {
      if (!isSlow() && !latest.has(key)) send(message)
      else latest.set(key, message)
    },
  }
}

function readCookie(header: string, name: string): string {
  for (const part of header.split(';')) {
    const [key, value] = part.trim().split('=')
    if (key === name) return value ?? ''
  }
  return ''
}

/** What a request asks for; null where that is no address, as in `GET //`. */
function parseTarget(target: string, base: string): URL | null {
  try {
    return new URL(target, base)
  } catch {
    return null
  }
}

function isSame(offered: string, expected: string): boolean {
  const [a, b] = [Buffer.from(offered), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}
