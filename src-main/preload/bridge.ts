import { contextBridge, ipcRenderer, webUtils } from 'electron'

type Listener = (name: string, payload: unknown) => void

/** The page's only way to the host. Names and parameters are checked on the other side. */
contextBridge.exposeInMainWorld('convas', {
  request: (name: string, params: unknown): Promise<unknown> => ipcRenderer.invoke('convas:request', name, params),
  /** Electron before 32 has no webUtils; there the page finds the path on the file itself. */
  pathOf: (file: File): string => (webUtils as typeof webUtils | undefined)?.getPathForFile(file) ?? '',
  onEvent: (listener: Listener): (() => void) => {
    const receive = (_: unknown, name: string, payload: unknown) => {
      listener(name, payload)
    }
    ipcRenderer.on('convas:event', receive)
    return () => {
      ipcRenderer.off('convas:event', receive)
    }
  },
})
