import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { setUpNativeTensorflow } from '../native-tensorflow.mjs'
import { findLibc, findPip, hasCommand } from './tools.mjs'
import { downloadWheels } from './wheel-download.mjs'
import { linuxCpuWheel } from './wheels.mjs'

const canDownload =
  process.platform === 'linux' && process.arch === 'x64' && findLibc() === 'glibc' && findPip() !== null
const wheelName = `tensorflow_cpu-${linuxCpuWheel.version}-cp311-cp311-manylinux_2_27_x86_64.whl`

let root
let folder
let cacheRoot
beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'convas-set-up-'))
  folder = path.join(root, 'node_modules', '@tensorflow', 'tfjs-node-gpu')
  cacheRoot = path.join(root, 'cache')
  fs.mkdirSync(path.join(folder, 'scripts'), { recursive: true })
  const original = path.dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-node-gpu/package.json'))
  fs.cpSync(path.join(original, 'binding'), path.join(folder, 'binding'), { recursive: true })
  fs.writeFileSync(path.join(folder, 'package.json'), '{}')
  // The official archive's host, out of reach; each try leaves a line.
  fs.writeFileSync(
    path.join(folder, 'scripts', 'install.js'),
    `require('fs').appendFileSync(${JSON.stringify(path.join(root, 'tries'))}, 'x\\n'); process.exit(1)`,
  )
})
afterEach(() => {
  vi.unstubAllEnvs()
  fs.rmSync(root, { recursive: true, force: true })
})

const setUp = (options = {}) => setUpNativeTensorflow({ folder, cacheRoot, cpuOnly: true, ...options })
const archiveTries = () => {
  const file = path.join(root, 'tries')
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trim().split('\n').length : 0
}
const leftovers = () =>
  (fs.existsSync(cacheRoot) ? fs.readdirSync(cacheRoot) : []).filter((name) => name.startsWith('.'))

/** A PATH on which only this program is found. */
function onlyProgram(name, place) {
  const programs = path.join(root, 'programs')
  fs.mkdirSync(programs)
  fs.writeFileSync(path.join(programs, name), `#!/bin/sh\nexec "${place}" "$@"\n`, { mode: 0o755 })
  vi.stubEnv('PATH', programs)
}

/** Where a program really is, behind whatever stands on the PATH for it. */
function placeOf(command, ...question) {
  return execFileSync(command, question, { encoding: 'utf8' }).trim()
}

/** A package index of this machine whose one file is answered by `answer`. */
async function serveIndex(answer) {
  const server = createServer((request, response) => {
    if (request.url.endsWith('.whl')) return answer(response)
    response.setHeader('content-type', 'text/html')
    response.end(`<a href="/${wheelName}">${wheelName}</a>`)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  vi.stubEnv('PIP_INDEX_URL', `http://127.0.0.1:${server.address().port}/simple`)
  return () => {
    server.closeAllConnections()
    server.close()
  }
}

describe.runIf(process.platform === 'linux')('where native TensorFlow cannot be set up', () => {
  test.runIf(hasCommand('g++'))('no pip: the sentence names it, and only a retry tries again', async () => {
    onlyProgram('g++', placeOf('which', 'g++'))
    const first = await setUp()
    expect(first).toMatchObject({ ok: false, kind: null, command: 'npm run setup' })
    expect(first.message).toMatch(/^Native TensorFlow needs Python with pip, .*\.$/)
    expect(archiveTries()).toBe(1)
    expect(await setUp()).toEqual(first)
    expect(archiveTries()).toBe(1)
    await setUp({ retry: true })
    expect(archiveTries()).toBe(2)
  })

  test.runIf(canDownload)(
    'no compiler: the sentence names it; once there is one, the next start tries again',
    async () => {
      const all = process.env.PATH
      onlyProgram('python3', placeOf('python3', '-c', 'import sys; print(sys.executable)'))
      expect((await setUp()).message).toMatch(/^Native TensorFlow needs the compiler g\+\+/)
      vi.stubEnv('PATH', all)
      vi.stubEnv('PIP_INDEX_URL', 'http://127.0.0.1:9/simple')
      expect((await setUp()).message).toMatch(/connection failed/)
    },
  )
})

describe.runIf(canDownload && hasCommand('g++'))('where the download goes wrong', () => {
  test('no connection', async () => {
    vi.stubEnv('PIP_INDEX_URL', 'http://127.0.0.1:9/simple')
    const outcome = await setUp()
    expect(outcome).toMatchObject({ ok: false, command: 'npm run setup' })
    expect(outcome.message).toBe('TensorFlow could not be downloaded from PyPI: the connection failed.')
    expect(leftovers()).toEqual([])
  })

  test('another file than expected', async () => {
    const close = await serveIndex((response) => response.end('not TensorFlow'))
    const outcome = await setUp()
    close()
    expect(outcome.message).toBe('A downloaded file of TensorFlow was damaged: its checksum is not the expected one.')
    expect(leftovers()).toEqual([])
  })

  test('a connection that breaks off', async () => {
    const close = await serveIndex((response) => {
      response.setHeader('content-length', 1_000_000)
      response.write('half', () => response.destroy())
    })
    const outcome = await setUp()
    close()
    expect(outcome.ok).toBe(false)
    expect(outcome.message).toMatch(/^TensorFlow could not be downloaded from PyPI|checksum/)
    expect(leftovers()).toEqual([])
  })

  test('a set-up that was killed half-way leaves nothing that the next one keeps', async () => {
    let arrived
    const downloading = new Promise((resolve) => (arrived = resolve))
    const close = await serveIndex((response) => {
      response.setHeader('content-length', 1_000_000)
      response.write('half')
      arrived()
    })
    const script = `import { setUpNativeTensorflow } from ${JSON.stringify(path.resolve('scripts/native-tensorflow.mjs'))}
      await setUpNativeTensorflow(${JSON.stringify({ folder, cacheRoot, cpuOnly: true })})`
    // A group of its own, so that its pip dies with it.
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { detached: true, stdio: 'ignore' })
    const gone = new Promise((resolve) => child.on('exit', resolve))
    await downloading
    expect(leftovers()).toHaveLength(1)
    process.kill(-child.pid, 'SIGKILL')
    await gone
    close()
    expect(leftovers()).toHaveLength(1)
    vi.stubEnv('PIP_INDEX_URL', 'http://127.0.0.1:9/simple')
    expect((await setUp()).ok).toBe(false)
    expect(leftovers()).toEqual([])
  })

  test('wheels without the libraries are refused, and no half cache is left', async () => {
    // An empty zip is a valid archive; pinned by its own checksum it passes pip.
    const wheel = Buffer.concat([Buffer.from('PK\x05\x06', 'latin1'), Buffer.alloc(18)])
    const close = await serveIndex((response) => response.end(wheel))
    const { fillCache, isFilled } = await import('./wheel-cache.mjs')
    const cache = path.join(cacheRoot, 'x')
    const way = {
      wheels: [{ ...linuxCpuWheel, sha256: createHash('sha256').update(wheel).digest('hex'), bytes: wheel.length }],
      tags: ['manylinux_2_27_x86_64'],
      neededBytes: 1,
    }
    const pip = findPip()
    await expect(fillCache({ cache, way, pip, progress: () => {}, log: () => {} })).rejects.toThrow('could not be')
    close()
    expect(isFilled(cache)).toBe(false)
    expect(leftovers()).toEqual([])
  })

  test('too little space on the disk is said before anything is fetched', async () => {
    const way = { wheels: [linuxCpuWheel], tags: [], neededBytes: Number.MAX_SAFE_INTEGER }
    const download = downloadWheels({ pip: findPip(), way, work: root, progress: () => {} })
    await expect(download).rejects.toThrow(/^TensorFlow needs .* GB of disk space while it is set up\. Free: /)
  })
})
