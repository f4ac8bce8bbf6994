import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { BackendStatus } from '../common/contract.ts'
import { success } from '../common/result.ts'
import { examine, gpuCheck } from './doctor.ts'

let home: string
beforeEach(() => {
  home = mkdtempSync(path.join(os.tmpdir(), 'convas-doctor-'))
})
afterEach(() => {
  rmSync(home, { recursive: true, force: true })
})

const wasm: BackendStatus = { backend: 'wasm', device: 'WebAssembly', version: '4.22.0', advice: null }
const native: BackendStatus = { backend: 'tensorflow', device: 'CPU', version: '2.21.0', advice: null }

async function checksWith(status: BackendStatus) {
  const folders = { data: home, projects: path.join(home, 'projects'), cache: path.join(home, 'cache') }
  const report = await examine({ askBackend: async () => success(status), folders, projectFolder: home })
  if (!report.ok) throw new Error(report.error.message)
  return new Map(report.value.checks.map((check) => [check.id, check]))
}

test('without native TensorFlow, it says why the last set-up failed and the one command that tries again', async () => {
  mkdirSync(path.join(home, 'cache', 'tensorflow'), { recursive: true })
  writeFileSync(
    path.join(home, 'cache', 'tensorflow', 'failure.json'),
    '{"message":"Native TensorFlow needs the compiler g++, which was not found."}',
  )
  const check = (await checksWith(wasm)).get('native')
  expect(check?.ok).toBe(false)
  expect(check?.found.en).toBe(
    'not in use; WebAssembly computes instead, which is slower. Native TensorFlow needs the compiler g++, which was not found.',
  )
  expect(check?.advice?.command).toBe('npm run setup')
})

test('with native TensorFlow there is nothing to mend', async () => {
  const check = (await checksWith(native)).get('native')
  expect(check).toMatchObject({ ok: true, found: { en: '2.21.0, CPU' }, advice: null })
})

test('a GPU that the CPU build leaves idle is a fault with a command; one in use, or none, is not', () => {
  expect(gpuCheck(native, 'NVIDIA RTX A2000')).toMatchObject({ ok: false, advice: { command: 'npm run setup' } })
  expect(gpuCheck({ ...native, gpu: true }, 'NVIDIA RTX A2000')).toMatchObject({ ok: true, advice: null })
  expect(gpuCheck(native, null)).toMatchObject({ ok: true, advice: null })
})

test('a folder that cannot be written names the variable that moves it', async () => {
  writeFileSync(path.join(home, 'cache'), 'a file where the folder should be')
  const check = (await checksWith(native)).get('cache')
  expect(check?.ok).toBe(false)
  expect(check?.advice).toMatchObject({ en: 'Set CONVAS_CACHE to a folder of your own.', command: null })
})
