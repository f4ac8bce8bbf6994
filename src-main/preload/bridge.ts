import { contextBridge, ipcRenderer } from 'electron'

type Listener = (name: string, payload: unknown) => void

/** The page's only way to the host. Names and parameters are checked on the other side. */
contextBridge.exposeInMainWorld('convas', {
  request: (name: string, params: unknown): Promise<unknown> => ipcRenderer.invoke('convas:request', name, params),
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
