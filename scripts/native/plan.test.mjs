import { describe, expect, test } from 'vitest'
import { planWays } from './plan.mjs'

const machine = {
  platform: 'linux',
  arch: 'x64',
  libc: 'glibc',
  gpu: { driver: null },
  hasPip: true,
  hasCompiler: true,
}

describe('the ways to native TensorFlow', () => {
  test.each([
    ['Linux on x64', {}, ['cpu tensorflow-cpu', 'archive'], null],
    [
      'with an NVIDIA GPU',
      { gpu: { driver: '550.54.15' } },
      ['cuda tensorflow', 'cpu tensorflow-cpu', 'archive'],
      null,
    ],
    [
      'with a driver too old for CUDA 12',
      { gpu: { driver: '470.82.01' } },
      ['cpu tensorflow-cpu', 'archive'],
      /driver must be 525 or newer.*470\.82\.01/,
    ],
    ['Linux on ARM', { arch: 'arm64' }, ['cpu tensorflow', 'archive'], null],
    ['Linux on ARM with a GPU', { arch: 'arm64', gpu: { driver: '550.1' } }, ['cpu tensorflow', 'archive'], null],
    ['32-bit ARM', { arch: 'arm' }, ['archive'], null],
    ['Apple silicon', { platform: 'darwin', arch: 'arm64', libc: null }, ['cpu tensorflow', 'archive'], null],
    ['an Intel Mac', { platform: 'darwin', libc: null }, ['archive'], null],
    ['Windows', { platform: 'win32', libc: null }, ['archive'], null],
    [
      'Windows on ARM',
      { platform: 'win32', arch: 'arm64', libc: null },
      [],
      /no TensorFlow library for win32 on arm64/,
    ],
    ['Alpine', { libc: 'musl' }, [], /musl/],
    ['without pip', { hasPip: false }, ['archive'], /Python with pip.*apt install python3-pip/],
    ['without a compiler', { hasCompiler: false }, ['archive'], /g\+\+.*apt install g\+\+/],
    [
      'a Mac without its command line tools',
      { platform: 'darwin', arch: 'arm64', libc: null, hasCompiler: false },
      ['archive'],
      /c\+\+.*xcode-select --install/,
    ],
  ])('%s', (_, differences, expected, obstacle) => {
    const plan = planWays({ ...machine, ...differences })
    expect(plan.ways.map(({ kind, wheels }) => (wheels ? `${kind} ${wheels[0].name}` : kind))).toEqual(expected)
    if (obstacle === null) expect(plan.obstacle).toBeNull()
    else expect(plan.obstacle).toMatch(obstacle)
  })

  test('a kind that was set up before on this machine needs neither pip nor a compiler', () => {
    const plan = planWays({ ...machine, hasPip: false, hasCompiler: false }, (kind) => kind === 'cpu')
    expect(plan.ways.map(({ kind }) => kind)).toEqual(['cpu', 'archive'])
    expect(plan.obstacle).toBeNull()
  })

  test('every wheel is pinned by its checksum and made for the system of its way', () => {
    const machines = [{ gpu: { driver: '550' } }, { arch: 'arm64' }, { platform: 'darwin', arch: 'arm64', libc: null }]
    const ways = machines.flatMap((differences) => planWays({ ...machine, ...differences }).ways)
    const wheels = ways.flatMap((way) => way.wheels ?? [])
    expect(wheels).toHaveLength(16)
    for (const { sha256, bytes } of wheels) {
      expect(sha256).toMatch(/^[0-9a-f]{64}$/)
      expect(bytes).toBeGreaterThan(1e6)
    }
    expect(new Set(wheels.map(({ sha256 }) => sha256)).size).toBe(16)
  })
})
