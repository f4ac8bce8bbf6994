import type { z } from 'zod'
import type { Handlers, RequestName } from '../common/contract.ts'
import { requests } from '../common/contract.ts'
import { describeIssue, pathText } from '../common/project/describe-issue.ts'
import type { Result } from '../common/result.ts'
import { failure, failureIn } from '../common/result.ts'

export type Dispatch = (name: string, params: unknown) => Promise<Result<unknown>>

/** The border of every host: a known name, parameters that fit its schema, an answer whatever happens inside. */
export function createDispatch(handlers: Handlers, onBug: (error: unknown) => void): Dispatch {
  return async (name, params) => {
    if (!isRequestName(name)) {
      return failure('invalid-request', `A request that Convas knows was expected. Received: ${JSON.stringify(name)}`)
    }
    const parsed = requests[name].params.safeParse(params)
    if (!parsed.success) return failure('invalid-request', describeIssues(name, parsed.error, params))
    try {
      const handler = handlers[name] as (params: unknown) => Promise<Result<unknown>>
      return await handler(parsed.data)
    } catch (error) {
      onBug(error)
      return failureIn(
        'internal',
        {
          en: `Convas could not answer ${name} because of a fault of its own.`,
          ko: `Convas의 내부 오류로 ${name} 요청에 답하지 못했습니다.`,
        },
        String(error),
      )
    }
  }
}

function isRequestName(name: string): name is RequestName {
  return Object.hasOwn(requests, name)
}

function describeIssues(name: string, error: z.ZodError, params: unknown): string {
  const issues = error.issues
    .flatMap((issue) => describeIssue(issue, params))
    .slice(0, 5)
    .map((issue) => `${pathText(issue.path) || 'params'}: ${issue.message}`)
  return `${name} was asked with parameters that do not fit. ${issues.join('; ')}`
}
