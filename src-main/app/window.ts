import { BrowserWindow, nativeTheme, screen } from 'electron'
import type { StateStore, WindowPlace } from '../host/state-store.ts'
import { rendererOrigin } from './renderer-protocol.ts'

const defaultSize = { width: 1440, height: 900 }
const smallestSize = { minWidth: 800, minHeight: 560 }

/** The one window, where and as large as it was last time, as long as that place is still on a screen. */
export async function openWindow(state: StateStore, preload: string): Promise<BrowserWindow> {
  const place = await state.windowPlace()
  const visible = place !== null && isOnScreen(place)
  const window = new BrowserWindow({
    ...(visible ? { x: place.x, y: place.y, width: place.width, height: place.height } : defaultSize),
    ...smallestSize,
    title: 'Convas',
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#16181c' : '#f6f7f9',
    show: false,
    webPreferences: {
      preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true,
      spellcheck: false,
    },
  })
  if (visible && place.maximized) window.maximize()
  window.once('ready-to-show', () => {
    window.show()
  })
  void window.loadURL(`${rendererOrigin}/`)
  return window
}

/** Must run while the window still exists. */
export function rememberPlace(state: StateStore, window: BrowserWindow): Promise<void> {
  return state.setWindowPlace({ ...window.getNormalBounds(), maximized: window.isMaximized() })
}

function isOnScreen({ x, y, width }: WindowPlace): boolean {
  return screen.getAllDisplays().some(({ workArea }) => {
    const middle = x + width / 2
    const inside = middle >= workArea.x && middle <= workArea.x + workArea.width
    return inside && y >= workArea.y - 8 && y < workArea.y + workArea.height - 40
  })
}
