import { protocol } from 'electron'
import { readStaticFile, securityHeaders } from '../host/static-files.ts'

const scheme = 'app'
const domain = 'convas'
export const rendererOrigin = `${scheme}://${domain}`

/** Must run before Electron is ready. */
export function registerRendererScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ])
}

/** Serves the built renderer as app://convas/, with the web host's own headers. */
export function serveRenderer(rendererFolder: string): void {
  protocol.handle(scheme, async (request) => {
    const url = new URL(request.url)
    const file = url.host === domain ? await readStaticFile(rendererFolder, url.pathname) : null
    if (!file) return new Response('There is no such file.\n', { status: 404, headers: securityHeaders })
    const headers = { ...securityHeaders, 'content-type': file.contentType }
    return new Response(new Uint8Array(file.body), { headers })
  })
}

/** Whether a frame shows our own renderer, and may therefore ask for things. */
export function isRendererUrl(url: string): boolean {
  return url.startsWith(`${rendererOrigin}/`)
}
