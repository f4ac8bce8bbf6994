import { expect, test } from 'vitest'
import type { Handlers } from '../common/contract.ts'
import { success } from '../common/result.ts'
import { createDispatch } from './dispatch.ts'

const bugs: unknown[] = []
const bug = new Error('a bug')
const asked: unknown[] = []
const dispatch = createDispatch(
  {
    'run.read': async (params: unknown) => {
      asked.push(params)
      return success(null)
    },
    'app.info': async () => {
      throw bug
    },
  } as unknown as Handlers,
  (error) => bugs.push(error),
)

test('parameters arrive as their schema has them, without what it does not know', async () => {
  expect(await dispatch('run.read', { path: '/a.convas', run: 'r', extra: 1 })).toEqual({ ok: true, value: null })
  expect(asked).toEqual([{ path: '/a.convas', run: 'r' }])
})

test.each([
  ['an unknown name', 'run.destroy', {}, /Received: "run.destroy"/],
  ['a name from the prototype', 'toString', {}, /Received: "toString"/],
  ['a missing parameter', 'run.read', { path: '/a' }, /run: /],
  ['a wrong type', 'run.read', { path: 3, run: 'r' }, /path: a text was expected\. Received: 3$/],
  [
    'a deep fault',
    'dataset.pictures',
    { source: { source: 'mnist' }, part: 'train', indices: [0, -1] },
    /indices\[1\]: a number of at least 0 was expected\. Received: -1$/,
  ],
  ['no parameters at all', 'run.read', null, /params: /],
])('%s is an invalid request that names the place', async (_, name, params, message) => {
  expect(await dispatch(name, params)).toMatchObject({
    ok: false,
    error: { code: 'invalid-request', message: expect.stringMatching(message) as string },
  })
})

test('a handler that throws is an internal failure and is reported, not an exception', async () => {
  expect(await dispatch('app.info', {})).toEqual({
    ok: false,
    error: {
      code: 'internal',
      message: 'Convas could not answer app.info because of a fault of its own.',
      text: {
        en: 'Convas could not answer app.info because of a fault of its own.',
        ko: 'Convas의 내부 오류로 app.info 요청에 답하지 못했습니다.',
      },
      details: 'Error: a bug',
    },
  })
  expect(bugs).toEqual([bug])
})
