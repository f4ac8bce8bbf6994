import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { BrowserWindow, IpcMainInvokeEvent } from 'electron'
import { app, dialog, ipcMain, nativeTheme, session } from 'electron'
import type { Result } from '../common/result.ts'
import { failure } from '../common/result.ts'
import type { Host } from '../host/host.ts'
import { createHost } from '../host/host.ts'
import { findFolders } from '../host/paths.ts'
import { showMenu } from './menu.ts'
import { isRendererUrl, registerRendererScheme, serveRenderer } from './renderer-protocol.ts'
import { createUtilitySpawn } from './utility-spawn.ts'
import { openWindow, rememberPlace } from './window.ts'

const projectFolder = path.resolve(__dirname, '..', '..')
/** Saving takes milliseconds; a disk that hangs longer than this must not keep the program from ending. */
const LAST_SAVE_MS = 5_000

function start() {
  const folders = findFolders()
  // Chromium's own files belong beside ours, so that one folder holds all that Convas knows.
  app.setPath('userData', path.join(folders.data, 'window'))
  if (!app.requestSingleInstanceLock()) {
    app.quit()
    return
  }
  registerRendererScheme()
  let window: BrowserWindow | null = null
  let host: Host | null = null
  let requestedProject = findProjectArgument(process.argv)
  const pending = new Set<Promise<unknown>>()

  function openProject(file: string) {
    if (!host || !window) {
      requestedProject = file
      return
    }
    if (window.isMinimized()) window.restore()
    window.focus()
    host.emit({ event: 'openProject', payload: { path: file } })
  }

  async function answer(event: IpcMainInvokeEvent, name: unknown, params: unknown): Promise<Result<unknown>> {
    const frame = event.senderFrame
    if (!host || !window || frame !== window.webContents.mainFrame || !isRendererUrl(frame.url)) {
      return failure('no-permission', 'Only the window of Convas may ask for this.')
    }
    return keep(host.dispatch(String(name), params))
  }

  /** The program does not end before these are done. */
  function keep<T>(work: Promise<T>): Promise<T> {
    pending.add(work)
    void work.finally(() => pending.delete(work))
    return work
  }

  async function showWindow() {
    if (!host) return
    window = await openWindow(host.state, path.join(projectFolder, 'out', 'preload', 'bridge.js'))
    window.on('close', () => {
      if (host && window) void keep(rememberPlace(host.state, window))
    })
    window.on('closed', () => {
      window = null
    })
  }

  async function ready() {
    denyPermissions()
    serveRenderer(path.join(projectFolder, 'out', 'renderer'))
    host = createHost({
      kind: 'electron',
      version: readVersion(),
      locale: app.getLocale(),
      folders,
      projectFolder,
      backend: 'auto',
      spawn: createUtilitySpawn(path.join(__dirname, 'engine.js')),
      pickProject: (purpose, suggestedName) => pickProject(window, folders.projects, purpose, suggestedName),
      pickData: (kind) => pickData(window, kind),
      onSettings: () => void applySettings(),
      onRecent: () => void applySettings(),
    })
    host.onEvent(({ event, payload }) => {
      window?.webContents.send('convas:event', event, payload)
    })
    ipcMain.handle('convas:request', answer)
    if (requestedProject !== null) await host.dispatch('project.open', { path: requestedProject })
    await applySettings()
    await showWindow()
  }

  async function applySettings() {
    if (!host) return
    const settings = await host.state.settings()
    nativeTheme.themeSource = settings.theme
    const language = settings.language === 'system' ? app.getLocale() : settings.language
    showMenu({
      version: readVersion(),
      language: language.startsWith('ko') ? 'ko' : 'en',
      recent: await host.state.recent(),
      onCommand: (id) => host?.emit({ event: 'command', payload: { id } }),
      onOpen: openProject,
    })
  }

  app.on('second-instance', (_, argv, workingFolder) => {
    const file = findProjectArgument(argv, workingFolder)
    if (file !== null) openProject(file)
    else if (window) {
      if (window.isMinimized()) window.restore()
      window.focus()
    }
  })
  app.on('open-file', (event, file) => {
    event.preventDefault()
    openProject(file)
  })
  app.on('web-contents-created', (_, contents) => {
    contents.on('will-navigate', (event, url) => {
      if (!isRendererUrl(url)) event.preventDefault()
    })
    contents.on('will-attach-webview', (event) => {
      event.preventDefault()
    })
    contents.setWindowOpenHandler(() => ({ action: 'deny' }))
  })
  app.on('window-all-closed', () => {
    app.quit()
  })
  let saved = false
  app.on('will-quit', (event) => {
    if (saved) return
    event.preventDefault()
    const late = new Promise((resolve) => setTimeout(resolve, LAST_SAVE_MS))
    void Promise.race([Promise.allSettled([...pending]), late]).then(() => {
      saved = true
      host?.close()
      // All windows are closed and all is saved: a second round of quitting can only hang.
      app.exit(0)
    })
  })
  app
    .whenReady()
    .then(ready)
    .catch((error: unknown) => {
      console.error(error)
      app.exit(1)
    })
}

function readVersion(): string {
  return (JSON.parse(readFileSync(path.join(projectFolder, 'package.json'), 'utf8')) as { version: string }).version
}

function denyPermissions() {
  // Pictures may be put on the clipboard, by a click in our own window; nothing may be read from it.
  const isClipboard = (permission: string) => permission === 'clipboard-sanitized-write'
  // The camera may be looked through, in our own window, where somebody turns it on; the microphone stays off.
  const isCamera = (permission: string, url: string, media: readonly (string | undefined)[]) =>
    permission === 'media' && isRendererUrl(url) && media.length > 0 && media.every((kind) => kind === 'video')
  session.defaultSession.setPermissionRequestHandler((contents, permission, decide, details) => {
    const media = 'mediaTypes' in details ? (details.mediaTypes ?? []) : []
    decide(isClipboard(permission) || isCamera(permission, contents.getURL(), media))
  })
  session.defaultSession.setPermissionCheckHandler((contents, permission, _origin, details) => {
    return isClipboard(permission) || isCamera(permission, contents?.getURL() ?? '', [details.mediaType])
  })
}

/** The `.convas` file that the system was asked to open with us. */
function findProjectArgument(argv: readonly string[], workingFolder = process.cwd()): string | null {
  const argument = argv.slice(1).find((word) => !word.startsWith('-') && /\.convas$/i.test(word))
  if (argument === undefined) return null
  const file = path.resolve(workingFolder, argument)
  return existsSync(file) ? file : null
}

async function pickProject(
  window: BrowserWindow | null,
  projectsFolder: string,
  purpose: 'open' | 'save',
  suggestedName: string,
): Promise<string | null> {
  if (!window) return null
  const filters = [{ name: 'Convas', extensions: ['convas'] }]
  if (purpose === 'open') {
    const { filePaths } = await dialog.showOpenDialog(window, {
      defaultPath: projectsFolder,
      filters,
      properties: ['openFile'],
    })
    return filePaths[0] ?? null
  }
  const { filePath } = await dialog.showSaveDialog(window, {
    defaultPath: path.join(projectsFolder, suggestedName),
    filters,
  })
  if (!filePath) return null
  return /\.convas$/i.test(filePath) ? filePath : `${filePath}.convas`
}

async function pickData(window: BrowserWindow | null, kind: 'files' | 'folder'): Promise<readonly string[] | null> {
  if (!window) return null
  const { filePaths } = await dialog.showOpenDialog(window, {
    properties: kind === 'folder' ? ['openDirectory'] : ['openFile', 'multiSelections'],
  })
  return filePaths.length > 0 ? filePaths : null
}

start()
