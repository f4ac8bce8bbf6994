import type { EventName, Events, RequestName, RequestParams, RequestResult } from '../../src-main/common/contract.ts'
import type { Result } from '../../src-main/common/result.ts'

/** `refused`: a host is there, but no longer knows this page; it was started anew. */
export type Connection = 'open' | 'lost' | 'refused'

export type EventListener = <N extends EventName>(name: N, payload: Events[N]) => void

/** The renderer's only way out: requests to its host, events from it. */
export interface Bridge {
  readonly request: <N extends RequestName>(name: N, params: RequestParams<N>) => Promise<Result<RequestResult<N>>>
  readonly onEvent: (listener: EventListener) => () => void
  readonly onConnection: (listener: (connection: Connection) => void) => () => void
  /** Where a file that was dropped on the window lies; '' where the host does not tell. */
  readonly pathOf: (file: File) => string
}

/** What the preload script puts on the window. */
export interface PreloadBridge {
  readonly request: (name: string, params: unknown) => Promise<unknown>
  readonly onEvent: (listener: (name: string, payload: unknown) => void) => () => void
  readonly pathOf: (file: File) => string
}

declare global {
  interface Window {
    readonly convas?: PreloadBridge
  }
}

export function openElectronBridge(preload: PreloadBridge): Bridge {
  return {
    request: (name, params) => preload.request(name, params) as never,
    onEvent: (listener) => preload.onEvent(listener as never),
    onConnection: () => () => undefined,
    pathOf: (file) => (file as { readonly path?: string }).path || preload.pathOf(file),
  }
}
