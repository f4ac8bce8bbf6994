import { readFile } from 'node:fs/promises'
import path from 'node:path'

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
}

const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Sent with every page and file of the renderer, by whichever host serves it. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
}

export interface StaticFile {
  readonly body: Buffer
  readonly contentType: string
}

/** The file under `root` that a URL's path names; null where there is none, or where it would lead out of `root`. */
export async function readStaticFile(root: string, urlPath: string): Promise<StaticFile | null> {
  const relative = decodePath(urlPath)
  if (relative === null) return null
  const file = path.resolve(root, relative === '' ? 'index.html' : relative)
  if (!file.startsWith(path.resolve(root) + path.sep)) return null
  const contentType = contentTypes[path.extname(file)]
  if (contentType === undefined) return null
  try {
    return { body: await readFile(file), contentType }
  } catch {
    return null
  }
}

function decodePath(urlPath: string): string | null {
  try {
    const decoded = decodeURIComponent(urlPath).replace(/^\/+/, '')
    return /[\0\\]/.test(decoded) || decoded.split('/').includes('..') ? null : decoded
  } catch {
    return null
  }
}
