import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, ElectronApplication, Locator, Page } from 'playwright'
import { _electron, chromium } from 'playwright'

const root = fileURLToPath(new URL('..', import.meta.url))
const shotsFolder = process.env.CONVAS_E2E_SHOTS ?? join(root, 'test-results', 'screenshots')

const CLOSE_LIMIT_MS = 20_000

/** Which window the scenarios run in. */
export const hostName: 'chromium' | 'electron' = process.env.CONVAS_E2E_HOST === 'electron' ? 'electron' : 'chromium'

export interface OpenOptions {
  /** A data folder to reopen; a fresh one otherwise. */
  readonly home?: string
  /** A cache of its own, for what is imported; the user's otherwise, where data sets are ready already. */
  readonly cache?: string
  readonly widthPx?: number
  readonly heightPx?: number
  readonly language?: 'en' | 'ko'
  /** The browser's own test picture, moving, as the camera of this machine. */
  readonly camera?: boolean
}

interface Host {
  readonly page: Page
  /** Process ids of the engines that are alive, by kind. */
  readonly enginePids: () => Promise<readonly number[]>
  readonly openFile: (path: string) => Promise<void>
  /** Opens a folder as data: through the native dialog where there is one, by its path elsewhere. */
  readonly openFolder: (path: string) => Promise<void>
  readonly chooseFiles: (paths: readonly string[]) => Promise<void>
  readonly resize: (widthPx: number, heightPx: number) => Promise<void>
  /** Does what saves a file, and gives the path where it lies then. */
  readonly download: (act: () => Promise<void>) => Promise<string>
  /** A second window on the same host, as another person's browser has it; null where the program has but one. */
  readonly openAnother: (() => Promise<Page>) | null
  readonly close: () => Promise<void>
}

/** Opens Convas as a person would: the web host in Chromium, or the Electron program. */
export async function openConvas(options: OpenOptions = {}): Promise<Convas> {
  const home = options.home ?? mkdtempSync(join(tmpdir(), 'convas-e2e-'))
  const host = hostName === 'electron' ? await openElectron(home, options) : await openChromium(home, options)
  host.page.setDefaultTimeout(30_000)
  const convas = new Convas(host, home)
  await convas.page.locator('[data-project-name]').waitFor()
  await convas.ready()
  if (options.language) await convas.chooseLanguage(options.language)
  return convas
}

function environmentOf(home: string, { cache }: OpenOptions): Record<string, string> {
  const { ELECTRON_RUN_AS_NODE: _, ...rest } = process.env
  return { ...(rest as Record<string, string>), CONVAS_HOME: home, ...(cache && { CONVAS_CACHE: cache }) }
}

async function openChromium(home: string, options: OpenOptions): Promise<Host> {
  const { widthPx = 1440, heightPx = 900 } = options
  const server = spawn(process.execPath, [join(root, 'out/main/convas.js'), 'serve', '--port', '0'], {
    env: environmentOf(home, options),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const address = await new Promise<string>((resolve, reject) => {
    let printed = ''
    server.stdout.on('data', (chunk: Buffer) => {
      printed += chunk.toString()
      const found = /http:\/\/127\.0\.0\.1:\d+\/\S+/.exec(printed)
      if (found) resolve(found[0])
    })
    server.once('exit', (code) =>
      reject(new Error(`the web host ended with ${code} before it gave an address: ${printed}`)),
    )
  })
  const executablePath = browserPath()
  const browser: Browser = await chromium.launch({
    args: ['--no-sandbox', ...(options.camera ? ['--use-fake-device-for-media-stream'] : [])],
    ...(executablePath === undefined ? {} : { executablePath }),
  })
  const context = await browser.newContext({
    viewport: { width: widthPx, height: heightPx },
    locale: 'en-GB',
    colorScheme: 'light',
    // As a person does who is asked; in Electron the program itself decides.
    permissions: options.camera ? ['camera'] : [],
  })
  const page = await context.newPage()
  await page.goto(address)
  return {
    page,
    enginePids: async () => (server.pid === undefined ? [] : childrenOf(server.pid)),
    openFile: async (path) => {
      await page.getByRole('button', { name: 'Project menu' }).click()
      await page.locator('[data-project-path]').fill(path)
      await page.locator('[data-open-path]').click()
    },
    openFolder: async (path) => {
      await page.locator('[data-data-path]').fill(path)
      await page.locator('[data-open-data-path]').click()
    },
    chooseFiles: async (paths) => {
      const chooser = page.waitForEvent('filechooser')
      await page.locator('[data-open-files]').click()
      await (await chooser).setFiles([...paths])
    },
    resize: (width, height) => page.setViewportSize({ width, height }),
    download: async (act) => {
      const [download] = await Promise.all([page.waitForEvent('download'), act()])
      const path = join(home, download.suggestedFilename())
      await download.saveAs(path)
      return path
    },
    openAnother: async () => {
      const other = await (await browser.newContext({ locale: 'en-GB' })).newPage()
      await other.goto(address)
      return other
    },
    close: async () => {
      // As a person closes a tab: what is not saved yet gets its chance.
      const closed = page.waitForEvent('close')
      await page.close({ runBeforeUnload: true })
      await closed
      await browser.close()
      const ended = new Promise((resolve) => server.once('exit', resolve))
      server.kill('SIGTERM')
      await ended
    },
  }
}

async function openElectron(home: string, options: OpenOptions): Promise<Host> {
  const { widthPx = 1440, heightPx = 900 } = options
  const app: ElectronApplication = await _electron.launch({
    executablePath: electronPath(),
    args: ['--no-sandbox', ...(options.camera ? ['--use-fake-device-for-media-stream'] : []), root, '--lang=en-GB'],
    env: environmentOf(home, options),
  })
  const page = await app.firstWindow()
  const resize = (width: number, height: number) =>
    app.evaluate(
      ({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setContentSize(size.width, size.height),
      { width, height },
    )
  await resize(widthPx, heightPx)
  /** The dialog is the system's own and cannot be clicked; what it would answer is all that is put in its place. */
  const answerDialog = (paths: readonly string[]) =>
    app.evaluate(
      ({ dialog }, filePaths) => {
        dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths })
      },
      [...paths],
    )
  return {
    page,
    openFile: async (path) => {
      await app.evaluate(
        ({ app: main }, file) => main.emit('open-file', { preventDefault: () => undefined }, file),
        path,
      )
    },
    openFolder: async (path) => {
      await answerDialog([path])
      await page.locator('[data-open-folder]').click()
    },
    chooseFiles: async (paths) => {
      await answerDialog(paths)
      await page.locator('[data-open-files]').click()
    },
    resize,
    download: async (act) => {
      // The system's dialog cannot be answered: the place is chosen in its stead.
      await app.evaluate(({ session }, folder) => {
        const seen = globalThis as unknown as { downloaded: string | null }
        seen.downloaded = null
        session.defaultSession.once('will-download', (_, item) => {
          item.setSavePath(`${folder}/${item.getFilename()}`)
          item.once('done', () => (seen.downloaded = item.getSavePath()))
        })
      }, home)
      await act()
      const saved = () => app.evaluate(() => (globalThis as unknown as { downloaded: string | null }).downloaded)
      return (await until(saved, (path) => path !== null, 'a file to be saved')) ?? ''
    },
    enginePids: () =>
      app.evaluate(({ app: main }) =>
        main
          .getAppMetrics()
          .filter((process) => process.type === 'Utility' && (process.name ?? '').startsWith('Convas'))
          .map((process) => process.pid),
      ),
    openAnother: null,
    close: async () => {
      const main = app.process()
      const late = setTimeout(() => {
        console.error(`Electron had not ended ${CLOSE_LIMIT_MS / 1000} s after it was asked to, and was killed.`)
        main.kill('SIGKILL')
      }, CLOSE_LIMIT_MS)
      await app.close()
      clearTimeout(late)
    },
  }
}

/** A Chrome or Chromium of this machine; Playwright's own where there is none. */
function browserPath(): string | undefined {
  const named = process.env.CONVAS_BROWSER
  if (named) return named
  const search = 'for name in google-chrome chromium chromium-browser; do command -v $name && break; done'
  return spawnSync('sh', ['-c', search], { encoding: 'utf8' }).stdout.trim() || undefined
}

function electronPath(): string {
  const folder = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(root, 'node_modules/electron/dist')
  const path = join(folder, process.platform === 'win32' ? 'electron.exe' : 'electron')
  if (!existsSync(path))
    throw new Error(`No Electron at ${path}. Set ELECTRON_OVERRIDE_DIST_PATH to a folder that has one.`)
  return path
}

function childrenOf(pid: number): readonly number[] {
  const listed = spawnSync('ps', ['-o', 'pid=,args=', '--ppid', String(pid)], { encoding: 'utf8' })
  return listed.stdout
    .split('\n')
    .filter((line) => line.includes('engine.js'))
    .map((line) => Number.parseInt(line, 10))
}

/** What a person can do in the window, and what they can see there. */
export class Convas {
  readonly page: Page
  readonly home: string
  #host: Host
  /** What the page threw and nobody caught: always a bug, so closing fails for it. */
  #errors: Error[] = []

  constructor(host: Host, home: string) {
    this.#host = host
    this.page = host.page
    this.page.on('pageerror', (error) => this.#errors.push(error))
    this.home = home
  }

  /** A second window on the same host, with whatever was open last. */
  async openAnother(): Promise<Page> {
    if (!this.#host.openAnother) throw new Error('The program has but one window.')
    const page = await this.#host.openAnother()
    page.on('pageerror', (error) => this.#errors.push(error))
    await page.locator('[data-open-data] .facts').waitFor({ state: 'attached', timeout: 120_000 })
    return page
  }

  /** Closes the window; the data folder stays, so that it can be opened again. */
  async close() {
    await this.#host.close()
    const [error] = this.#errors.splice(0)
    if (error) throw error
  }

  /** Closes the window and removes its data. */
  async dispose() {
    await this.close()
    rmSync(this.home, { recursive: true, force: true })
  }

  /** Waits until the project is shown and its data set is ready. */
  async ready() {
    await this.page.locator('main .loading').waitFor({ state: 'detached' })
    await this.page.locator('[data-open-data] .facts').waitFor({ state: 'attached', timeout: 120_000 })
  }

  async goTo(room: 'build' | 'data' | 'train' | 'inside' | 'compare' | 'runs' | 'learn') {
    await this.page.locator(`button[data-room="${room}"]`).click()
  }

  async run(command: string) {
    await this.page.locator(`[data-command="${command}"]`).click()
  }

  /** Opens a project file: by its path in the web host, as a double-click on it does in Electron. */
  async openFile(path: string) {
    await this.#host.openFile(path)
  }

  /** Opens a folder as data, in the Data room. */
  async openFolder(path: string) {
    await this.#host.openFolder(path)
  }

  /** Presses the pointer on one thing, moves it to another and lets it go there. */
  async dragOnto(from: Locator, to: Locator) {
    await this.#drag(await centreOf(from), await centreOf(to))
  }

  /** Drops files on the window; in Electron they bring their paths along, as from a file manager. */
  async drop(paths: readonly string[]) {
    const input = await this.page.evaluateHandle(() => {
      const element = document.createElement('input')
      element.type = 'file'
      element.multiple = true
      return element
    })
    await input.asElement().setInputFiles([...paths])
    await this.page.evaluate((element) => {
      const dataTransfer = new DataTransfer()
      for (const file of element.files ?? []) dataTransfer.items.add(file)
      for (const type of ['dragenter', 'dragover', 'drop'])
        document.body.dispatchEvent(
          new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true, relatedTarget: null }),
        )
    }, input)
    await input.dispose()
  }

  /** Drops files or folders as the window system does, through the browser's own handling of a drag. */
  async dropFromOutside(paths: readonly string[]) {
    const session = await this.page.context().newCDPSession(this.page)
    const data = { items: [], files: [...paths], dragOperationsMask: 1 }
    const { width, height } = await this.page.evaluate(() => ({ width: innerWidth, height: innerHeight }))
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
      await session.send('Input.dispatchDragEvent', { type, x: width / 2, y: height / 2, data })
    await session.detach()
  }

  /** Chooses files as data in the Data room: in the native dialog where there is one, else in the browser's. */
  async chooseFiles(paths: readonly string[]) {
    await this.#host.chooseFiles(paths)
  }

  async newProject(template: string) {
    await this.page.getByRole('button', { name: 'Project menu' }).click()
    await this.page.locator(`[data-template="${template}"]`).click()
    await this.page.locator('[data-template]').first().waitFor({ state: 'detached' })
  }

  async chooseTheme(theme: 'light' | 'dark') {
    await this.page.locator('.window > header button[aria-haspopup="dialog"]').last().click()
    await this.page.locator(`[data-theme-choice="${theme}"]`).check()
    await this.page.keyboard.press('Escape')
  }

  async chooseLanguage(language: 'en' | 'ko') {
    await this.page.locator('.window > header button[aria-haspopup="dialog"]').last().click()
    await this.page.locator(`[data-language-choice="${language}"]`).check()
    await this.page.keyboard.press('Escape')
  }

  lanes(): Locator {
    return this.page.locator('[data-lane]')
  }

  lane(index: number): Locator {
    return this.lanes().nth(index)
  }

  nodes(layer?: string): Locator {
    return this.page.locator(layer ? `[data-node][data-layer="${layer}"]` : '[data-node]')
  }

  problems(): Locator {
    return this.page.locator('[data-problem]')
  }

  /** Sets a parameter of the selected node in the inspector, as typed. */
  async setParam(param: string, value: string) {
    const field = this.page.locator(`[data-param="${param}"]`).first()
    const tag = await field.evaluate((element) => element.tagName)
    if (tag === 'SELECT') await field.selectOption(value)
    else {
      await field.fill(value)
      await field.press('Enter')
    }
  }

  /** Sets a field of the recipe in the room for training: a number as typed, an option by its id, or a switch. */
  async setRecipe(field: string, value: string | boolean) {
    const control = this.page.locator(`[data-recipe="${field}"]`)
    if (typeof value === 'boolean') await control.setChecked(value)
    else if ((await control.evaluate((element) => element.tagName)) === 'SELECT') await control.selectOption(value)
    else {
      await control.fill(value)
      await control.press('Enter')
    }
  }

  /** Changes the learning rate of the run under way. */
  async setRate(value: string) {
    await this.page.locator('[data-rate-field]').fill(value)
    await this.page.locator('[data-rate] button[type="submit"]').click()
  }

  /** The epoch that the run in view has come to, in the Train room. */
  async epoch(): Promise<number> {
    return Number(/(\d+)\/\d+/.exec(await this.text('[data-progress] .epoch'))?.[1] ?? 0)
  }

  /** Presses Tab until the focus is on what is looked for. */
  async tabTo(selector: string, key: 'Tab' | 'Shift+Tab' = 'Tab') {
    for (let presses = 0; presses < 200; presses++) {
      const there = await this.page.evaluate((wanted) => document.activeElement?.matches(wanted) === true, selector)
      if (there) return
      await this.page.keyboard.press(key)
    }
    throw new Error(`${key} never came to ${selector}`)
  }

  /** Types into the field that has the focus, or chooses the option that begins so. */
  async typeValue(value: string) {
    const tag = await this.page.evaluate(() => document.activeElement?.tagName)
    if (tag === 'INPUT') await this.page.keyboard.press('Control+a')
    await this.page.keyboard.type(value)
    if (tag === 'INPUT') await this.page.keyboard.press('Enter')
  }

  /** Drags a layer of the palette to a point of the window. */
  async dragLayer(layer: string, to: { readonly x: number; readonly y: number }) {
    const item = this.page.locator(`[data-layer-type="${layer}"]`)
    await item.scrollIntoViewIfNeeded()
    await this.#drag(await centreOf(item), to)
  }

  /** Draws a wire from one node's output port to another's input port. */
  async connect(from: Locator, to: Locator) {
    await this.#drag(await centreOf(from.locator('[data-port="out"]')), await centreOf(to.locator('[data-port="in"]')))
  }

  async typeNotation(lane: number, notation: string) {
    const field = this.lane(lane).locator('[data-notation]')
    await field.fill(notation)
    await field.press('Enter')
  }

  /** The pixels of a node's live strip, as a text that is equal exactly when the picture is. */
  async stripPixels(node: Locator): Promise<string> {
    return node
      .locator('canvas[data-strip]')
      .first()
      .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL())
  }

  /** The pixels of the selected layer's maps in the inspector. */
  async inspectedMaps(): Promise<string> {
    return this.page
      .locator('[data-inspector] [data-maps] canvas')
      .first()
      .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL())
  }

  /** Waits until the strip shows something else than `before`. */
  async stripChange(node: Locator, before: string): Promise<string> {
    return until(
      () => this.stripPixels(node),
      (now) => now !== before,
      'the strip to change',
    )
  }

  /** Steps trained so far, as the dock says it. */
  async text(selector: string): Promise<string> {
    return (await this.page.locator(selector).first().textContent())?.trim() ?? ''
  }

  /** Ends an engine as a crash would. */
  async killEngines() {
    for (const pid of await this.#host.enginePids()) process.kill(pid, 'SIGKILL')
  }

  async enginePids() {
    return this.#host.enginePids()
  }

  /** Violations that axe calls serious or critical, one line a rule, with its first element. */
  async seriousViolations(): Promise<readonly string[]> {
    if (hostName === 'electron') return this.#violationsInElectron()
    const { violations } = await new AxeBuilder({ page: this.page }).analyze()
    return serious(violations)
  }

  async resize(widthPx: number, heightPx: number) {
    await this.#host.resize(widthPx, heightPx)
    await until(
      () => this.page.evaluate(() => innerWidth),
      (width) => width === widthPx,
      `a window of ${widthPx} pixels`,
    )
  }

  /** Buttons and fields whose edges lie outside of the window and of every part that scrolls. */
  async overflow(): Promise<readonly string[]> {
    return this.page.evaluate(() => {
      const scrolls = (element: Element | null): boolean => {
        if (!element || element === document.body) return false
        const { overflowX, overflowY } = getComputedStyle(element)
        return [overflowX, overflowY].some((value) => value !== 'visible') || scrolls(element.parentElement)
      }
      return [...document.querySelectorAll('button, input, select')]
        .filter((element) => {
          const { left, right, top, bottom, width } = element.getBoundingClientRect()
          const outside = left < 0 || top < 0 || right > innerWidth + 0.5 || bottom > innerHeight + 0.5
          return width > 0 && outside && !scrolls(element.parentElement)
        })
        .map((element) => element.getAttribute('aria-label') ?? element.textContent.trim())
    })
  }

  /** Does what saves a file; gives the file's content. */
  async download(act: () => Promise<void>): Promise<Buffer> {
    return readFile(await this.#host.download(act))
  }

  async screenshot(name: string): Promise<string> {
    await mkdir(shotsFolder, { recursive: true })
    const path = join(shotsFolder, `${hostName}-${name}.png`)
    await this.page.screenshot({ path })
    return path
  }

  /** Axe opens a second page for frames, which an Electron window cannot; the page itself has none. */
  async #violationsInElectron(): Promise<readonly string[]> {
    const source = await readFile(join(root, 'node_modules/axe-core/axe.min.js'), 'utf8')
    await this.page.evaluate(source)
    const violations = await this.page.evaluate(async () => {
      const { axe } = window as unknown as { axe: { run: () => Promise<{ violations: readonly AxeViolation[] }> } }
      return JSON.parse(JSON.stringify((await axe.run()).violations)) as readonly AxeViolation[]
    })
    return serious(violations)
  }

  async #drag(from: { readonly x: number; readonly y: number }, to: { readonly x: number; readonly y: number }) {
    const { mouse } = this.page
    await mouse.move(from.x, from.y)
    await mouse.down()
    await mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 4 })
    await mouse.move(to.x, to.y, { steps: 4 })
    await mouse.up()
  }
}

interface AxeViolation {
  readonly id: string
  readonly impact?: string | null | undefined
  readonly nodes: readonly { readonly html: string }[]
}

function serious(violations: readonly AxeViolation[]): readonly string[] {
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id} × ${nodes.length}: ${nodes[0]?.html.slice(0, 160)}`)
}

export async function centreOf(locator: Locator): Promise<{ readonly x: number; readonly y: number }> {
  const box = await locator.boundingBox()
  if (!box) throw new Error(`not in view: ${locator.toString()}`)
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
}

export interface OpenedReport {
  readonly text: string
  readonly headings: readonly string[]
  readonly pictures: number
  /** Addresses that were asked for beside the file itself. */
  readonly asked: readonly string[]
  readonly errors: readonly string[]
  /** How far the widest part sticks out. */
  readonly overflowPx: { readonly narrow: number; readonly paper: number }
}

/** Opens an HTML file as a browser without a network does, on a narrow screen and as an A4 page. */
export async function openReport(file: string): Promise<OpenedReport> {
  const executablePath = browserPath()
  const browser = await chromium.launch({
    args: ['--no-sandbox'],
    ...(executablePath === undefined ? {} : { executablePath }),
  })
  try {
    const context = await browser.newContext({ offline: true })
    const page = await context.newPage()
    const asked: string[] = []
    const errors: string[] = []
    const address = pathToFileURL(file).href
    page.on('request', (request) => {
      if (request.url() !== address && !request.url().startsWith('data:')) asked.push(request.url())
    })
    page.on('console', (message) => errors.push(message.text()))
    page.on('pageerror', (error) => errors.push(error.message))
    await page.goto(address)
    const overflow = async (widthPx: number, media: 'screen' | 'print') => {
      await page.setViewportSize({ width: widthPx, height: 900 })
      await page.emulateMedia({ media })
      return page.evaluate((isPaper) => {
        const parts = [
          document.documentElement,
          ...document.querySelectorAll<HTMLElement>(isPaper ? 'section, div, table, pre' : 'body'),
        ]
        return Math.max(...parts.map((part) => part.scrollWidth - part.clientWidth).filter((over) => over > 0), 0)
      }, media === 'print')
    }
    // 184 mm, what the margins leave of A4.
    const overflowPx = { narrow: await overflow(400, 'screen'), paper: await overflow(695, 'print') }
    return {
      text: await page.locator('body').innerText(),
      headings: await page.locator('h2').allInnerTexts(),
      pictures: await page.locator('img').count(),
      asked,
      errors,
      overflowPx,
    }
  } finally {
    await browser.close()
  }
}

/** Asks again until the answer is right, and says what it was when it never is. */
export async function until<T>(
  ask: () => Promise<T>,
  right: (answer: T) => boolean,
  expected: string,
  limitMs = 60_000,
): Promise<T> {
  const deadline = Date.now() + limitMs
  for (;;) {
    const answer = await ask()
    if (right(answer)) return answer
    if (Date.now() > deadline) throw new Error(`expected ${expected}. Received: ${String(answer).slice(0, 200)}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
