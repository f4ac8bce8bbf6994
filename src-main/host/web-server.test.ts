import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { success } from '../common/result.ts'
import type { HostEvent } from '../common/wire.ts'
import { decodeMessage, encodeMessage } from '../common/wire.ts'
import type { WebServer, WebServerOptions } from './web-server.ts'
import { createClientQueue, startWebServer } from './web-server.ts'

const root = mkdtempSync(path.join(os.tmpdir(), 'convas-web-'))
const rendererFolder = path.join(root, 'renderer')
mkdirSync(path.join(rendererFolder, 'assets'), { recursive: true })
writeFileSync(path.join(rendererFolder, 'index.html'), '<!doctype html>')
writeFileSync(path.join(rendererFolder, 'assets', 'a.js'), 'export {}')
writeFileSync(path.join(root, 'secret.txt'), 'secret')

let timesLeftAlone = 0
let listeners = new Set<(event: HostEvent) => void>()
let server: WebServer
let token: string
let host: string
let cookie: string

function options(port: number): WebServerOptions {
  return {
    rendererFolder,
    port,
    dispatch: async (name, params) => {
      if (name === 'throws') throw new Error('The dispatch is out of order.')
      return success({ name, params, pixels: new Float32Array([1.5]) })
    },
    onEvent: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    onNobody: () => {
      timesLeftAlone += 1
    },
  }
}

beforeEach(async () => {
  listeners = new Set()
  timesLeftAlone = 0
  const started = await startWebServer(options(0))
  if (!started.ok) throw new Error(started.error.message)
  server = started.value
  token = new URL(server.address).searchParams.get('token') ?? ''
  host = `127.0.0.1:${server.port}`
  const entered = await get(`/?token=${token}`)
  cookie = String(entered.headers['set-cookie']?.[0]).split(';')[0] ?? ''
})

afterEach(() => server.close())

interface Answer {
  readonly status: number
  readonly body: string
  readonly headers: http.IncomingHttpHeaders
}

function get(urlPath: string, headers: http.OutgoingHttpHeaders = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = http.request(
      { host: '127.0.0.1', port: server.port, path: urlPath, headers, method },
      (response) => {
        let body = ''
        response.on('data', (chunk: Buffer) => (body += chunk.toString()))
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, body, headers: response.headers })
        })
      },
    )
    request.on('error', reject)
    request.end()
  })
}

test('the token buys a cookie for this browser alone, and leaves the address', async () => {
  const entered = await get(`/?token=${token}&a=1`)
  expect([entered.status, entered.headers.location]).toEqual([303, '/?a=1'])
  expect(entered.headers['set-cookie']).toEqual([
    expect.stringMatching(/^convas-\d+=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/$/),
  ])
  expect(token).toMatch(/^[\w-]{43}$/)
})

test('pages come with a policy that allows neither foreign nor inline scripts', async () => {
  const { status, body, headers } = await get('/', { cookie })
  expect([status, body]).toEqual([200, '<!doctype html>'])
  expect(headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy':
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  })
  expect((await get('/assets/a.js', { cookie })).headers['content-type']).toBe('text/javascript; charset=utf-8')
})

test.each([
  ['without token or cookie', '/', {}, 'GET', 401],
  ['with a wrong token', '/?token=x', {}, 'GET', 403],
  ['with a wrong cookie', '/', { cookie: 'convas-1=x' }, 'GET', 401],
  ['with a name that was made to lead here', '/', { host: 'evil.example' }, 'GET', 403],
  ['by POST', '/', {}, 'POST', 405],
] as const)('a request %s is refused', async (_, urlPath, headers, method, status) => {
  expect((await get(urlPath, headers, method)).status).toBe(status)
})

/** Speaks plain TCP, for what no client would send. */
function sendRaw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(server.port, '127.0.0.1', () => socket.write(text))
    let answer = ''
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()))
    socket.on('end', () => socket.end())
    socket.on('close', () => {
      resolve(answer)
    })
    socket.on('error', reject)
  })
}

const closing = 'Connection: close\r\n'
const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\n'
test.each([
  ['a page whose address is no address', 'GET // HTTP/1.1', closing],
  ['a page of a host without an end', 'GET http://[ HTTP/1.1', closing],
  ['a socket whose address is no address', 'GET // HTTP/1.1', upgrade],
  ['no request at all', 'hello', ''],
])('%s is answered with 400, and the server goes on', async (_, line, headers) => {
  expect(await sendRaw(`${line}\r\nHost: ${host}\r\n${headers}\r\n`)).toMatch(/^HTTP\/1\.1 400 /)
  expect((await get('/', { cookie })).status).toBe(200)
})

test('the host hears when its last window has gone, and not before', async () => {
  const [first, second] = [
    await connect({ cookie, host, origin: `http://${host}` }),
    await connect({ cookie, host, origin: `http://${host}` }),
  ]
  first.close()
  await expect.poll(() => listeners.size).toBe(1)
  expect(timesLeftAlone).toBe(0)
  second.close()
  await expect.poll(() => timesLeftAlone).toBe(1)
})

test('a request that the host fails to answer is told so, and the server goes on', async () => {
  const socket = await connect({ cookie, host, origin: `http://${host}` })
  const answered = nextMessage(socket)
  socket.send(encodeMessage({ id: 6, name: 'throws', params: {} }))
  expect(await answered).toMatchObject({ id: 6, result: { ok: false, error: { code: 'internal' } } })
  expect((await get('/', { cookie })).status).toBe(200)
})

test.each([
  '/../secret.txt',
  '/%2e%2e/secret.txt',
  '/..%2fsecret.txt',
  '/..%5csecret.txt',
  '/assets/../../secret.txt',
  '/%00',
  '/%',
  '/assets',
  '/nothing.js',
])('the path %s finds nothing', async (urlPath) => {
  expect((await get(urlPath, { cookie })).status).toBe(404)
})

function connect(headers: Record<string, string>): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/socket`, { headers })
    socket.on('open', () => {
      resolve(socket)
    })
    socket.on('error', reject)
  })
}

function nextMessage(socket: WebSocket): Promise<unknown> {
  return new Promise((resolve) =>
    socket.once('message', (data) => {
      resolve(decodeMessage(data as Buffer))
    }),
  )
}

test('a socket answers requests under their id and passes events on until it closes', async () => {
  const socket = await connect({ cookie, host, origin: `http://${host}` })
  const answered = nextMessage(socket)
  socket.send(encodeMessage({ id: 5, name: 'app.info', params: { a: 1 } }))
  expect(await answered).toEqual({
    id: 5,
    result: { ok: true, value: { name: 'app.info', params: { a: 1 }, pixels: new Float32Array([1.5]) } },
  })
  const told = nextMessage(socket)
  const event: HostEvent = { event: 'command', payload: { id: 'run.train' } }
  for (const listener of listeners) listener(event)
  expect(await told).toEqual(event)
  socket.close()
  await expect.poll(() => listeners.size).toBe(0)
})

test.each([
  ['without a cookie', () => ({ host, origin: `http://${host}` })],
  ['without an origin', () => ({ host, cookie })],
  ['from another page', () => ({ host, cookie, origin: 'http://evil.example' })],
  ['from another server on this machine', () => ({ host, cookie, origin: 'http://127.0.0.1:1' })],
  ['under another name', () => ({ host: 'evil.example', cookie, origin: 'http://evil.example' })],
])('a socket %s is refused', async (_, headers) => {
  await expect(connect(headers())).rejects.toThrow('403')
})

test.each([
  ['text', 'hello'],
  ['bytes that are no message', new Uint8Array([0xc1])],
  ['a message without an id', encodeMessage({ name: 'app.info' })],
])('%s closes the socket and nothing else', async (_, data) => {
  const socket = await connect({ cookie, host, origin: `http://${host}` })
  const closed = new Promise((resolve) => socket.once('close', resolve))
  socket.send(data)
  expect(await closed).toBe(1007)
  expect((await get('/', { cookie })).status).toBe(200)
})

test('a port in use is refused with its number', async () => {
  expect(await startWebServer(options(server.port))).toEqual({
    ok: false,
    error: {
      code: 'port-in-use',
      message: `Port ${server.port} is in use by another program. Give another one, or none for any free port.`,
    },
  })
})

test('a slow client gets every answer, but of each stream of pictures only the newest', () => {
  const sent: unknown[] = []
  const done: (() => void)[] = []
  const sink = {
    bufferedAmount: 0,
    send: (data: Uint8Array, whenDone: () => void) => {
      sent.push(decodeMessage(data))
      done.push(whenDone)
    },
  }
  const client = createClientQueue(sink)
  const pictureOf = (model: string, step: number): HostEvent => ({
    event: 'probe',
    payload: {
      run: 'r',
      probe: {
        model,
        step,
        epoch: 0,
        picture: { part: 'test', index: 0 },
        maps: [],
        kernels: [],
        weights: [],
        prediction: [],
      },
    },
  })
  const answer = { id: 1, result: success(null) }
  client.sendLatest('cnn', pictureOf('cnn', 1))
  sink.bufferedAmount = 2 ** 21
  for (const step of [2, 3]) client.sendLatest('cnn', pictureOf('cnn', step))
  client.sendLatest('mlp', pictureOf('mlp', 1))
  client.send(answer)
  expect(sent).toEqual([pictureOf('cnn', 1), answer])
  sink.bufferedAmount = 0
  done[0]?.()
  expect(sent).toEqual([pictureOf('cnn', 1), answer, pictureOf('cnn', 3), pictureOf('mlp', 1)])
})
