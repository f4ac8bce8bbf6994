import { mount } from 'svelte'
import './app.css'
import App from './App.svelte'
import { openElectronBridge } from './bridge/bridge.ts'
import { openWebBridge } from './bridge/web-bridge.ts'
import { Workspace } from './state/workspace.svelte.ts'

const bridge = window.convas
  ? openElectronBridge(window.convas)
  : openWebBridge(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/socket`)

const target = document.getElementById('app')
if (target) mount(App, { target, props: { workspace: new Workspace(bridge) } })
