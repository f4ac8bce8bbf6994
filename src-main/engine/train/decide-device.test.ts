import { describe, expect, test } from 'vitest'
import type { Device } from '../../common/training/device.ts'
import { decideDevice, describeDecision } from './decide-device.ts'

/** Devices on a clock of their own: each has a time for its first runs and one for all others; null cannot train. */
function machine(devices: Partial<Record<Device, { readonly first: number; readonly then: number } | null>>) {
  let nowMs = 0
  const open: Device[] = []
  const runs: Device[] = []
  return {
    open,
    runs,
    decide: (choice: 'auto' | 'gpu' | 'cpu') =>
      decideDevice({
        choice,
        devices: Object.keys(devices) as Device[],
        nowMs: () => nowMs,
        open: (device) => {
          const speed = devices[device]
          if (speed === null || speed === undefined) throw new Error(`${device}: out of memory`)
          open.push(device)
          let count = 0
          return {
            run: () => {
              runs.push(device)
              nowMs += count++ < 2 ? speed.first : speed.then
              return 4
            },
            close: () => open.splice(open.indexOf(device), 1),
          }
        },
      }),
  }
}

describe('where a model is trained', () => {
  test('a small model goes where its steps are shorter, though the GPU is preferred', () => {
    const { decide, open } = machine({ gpu: { first: 900, then: 12 }, cpu: { first: 30, then: 4 } })
    expect(decide('auto')).toEqual({
      device: 'cpu',
      trials: [
        { device: 'gpu', millisecondsPerStep: 3 },
        { device: 'cpu', millisecondsPerStep: 1 },
      ],
    })
    expect(open).toEqual([])
  })

  test('a large model stays on the GPU, and so does one where the difference is mere noise', () => {
    expect(machine({ gpu: { first: 900, then: 20 }, cpu: { first: 300, then: 300 } }).decide('auto').device).toBe('gpu')
    expect(machine({ gpu: { first: 900, then: 100 }, cpu: { first: 30, then: 98 } }).decide('auto').device).toBe('gpu')
  })

  test('the first runs, which load the kernels, do not count', () => {
    expect(machine({ gpu: { first: 5_000, then: 4 }, cpu: { first: 8, then: 8 } }).decide('auto').device).toBe('gpu')
  })

  test('a model that takes seconds a step is timed once on each device and no more', () => {
    const { decide, runs } = machine({ gpu: { first: 900, then: 800 }, cpu: { first: 9_000, then: 9_000 } })
    expect(decide('auto').device).toBe('gpu')
    expect(runs).toEqual(['gpu', 'gpu', 'cpu', 'cpu', 'gpu', 'cpu'])
  })

  test('a device that cannot train the model is left out; where none can, its reason is thrown', () => {
    const decision = machine({ gpu: null, cpu: { first: 1, then: 1 } }).decide('auto')
    expect(decision).toEqual({ device: 'cpu', trials: [{ device: 'cpu', millisecondsPerStep: 0.25 }] })
    expect(describeDecision(decision, 'auto').en).toBe('It trains on the CPU, the only device that can.')
    expect(() => machine({ gpu: null, cpu: null }).decide('auto')).toThrow('cpu: out of memory')
  })

  test('what the person asks for is not measured; a GPU that is not there is not used', () => {
    const { decide, runs } = machine({ gpu: { first: 1, then: 1 }, cpu: { first: 1, then: 1 } })
    expect(decide('cpu')).toEqual({ device: 'cpu', trials: [] })
    expect(decide('gpu')).toEqual({ device: 'gpu', trials: [] })
    expect(machine({ cpu: { first: 1, then: 1 } }).decide('gpu')).toEqual({ device: 'cpu', trials: [] })
    expect(runs).toEqual([])
  })

  test('the log tells the decision and what was measured', () => {
    const decision = machine({ gpu: { first: 900, then: 12 }, cpu: { first: 30, then: 4 } }).decide('auto')
    expect(describeDecision(decision, 'auto')).toEqual({
      en: 'It trains on the CPU: measured, a step takes GPU 3.0 ms, CPU 1.0 ms.',
      ko: 'CPU에서 학습합니다. 측정한 스텝 시간: GPU 3.0 ms, CPU 1.0 ms.',
    })
  })
})
