import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Convas } from './driver.ts'
import { centreOf, openConvas, until } from './driver.ts'

const lenet = ['conv2d', 'maxPooling2d', 'conv2d', 'maxPooling2d', 'conv2d', 'flatten', 'dense', 'dense']

describe('building a model', () => {
  let convas: Convas
  beforeEach(async () => {
    convas = await openConvas()
    await convas.newProject('')
  })
  afterEach(async () => {
    await convas.dispose()
  })

  async function parameters(lane = 0): Promise<string> {
    return ((await convas.lane(lane).locator('[data-totals]').textContent()) ?? '').replace(/\s/gu, '')
  }

  async function setLeNetParams() {
    const set = async (index: number, layer: string, values: Record<string, string>) => {
      await convas.nodes(layer).nth(index).click()
      for (const [param, value] of Object.entries(values)) await convas.setParam(param, value)
    }
    await set(0, 'conv2d', { filters: '6', kernelSize: '5', padding: 'same', activation: 'relu' })
    await set(1, 'conv2d', { filters: '16', kernelSize: '5', padding: 'valid', activation: 'relu' })
    await set(2, 'conv2d', { filters: '120', kernelSize: '5', padding: 'valid', activation: 'relu' })
    await set(0, 'dense', { units: '84', activation: 'relu' })
    await set(1, 'dense', { units: '1', activation: 'sigmoid' })
  }

  test('LeNet-5 is assembled from nothing with the mouse', async () => {
    await chooseDoodles(convas)
    const canvas = convas.page.locator('[data-canvas]')
    const middle = await centreOf(canvas)
    const box = await canvas.boundingBox()
    const rightEdge = (box?.x ?? 0) + (box?.width ?? 0)
    await convas.dragLayer('input', { x: middle.x - 300, y: middle.y - 100 })
    for (const layer of lenet) {
      const count = await convas.nodes().count()
      const last = convas.nodes().nth(count - 1)
      const port = await centreOf(last.locator('[data-port="out"]'))
      await convas.dragLayer(layer, { x: Math.min(port.x + 110, rightEdge - 24), y: port.y })
      await until(
        () => convas.nodes().count(),
        (now) => now === count + 1,
        `${count + 1} nodes`,
      )
      if ((await convas.page.locator('[data-edge]').count()) < count) {
        await convas.connect(last, convas.nodes().nth(count))
      }
      await convas.page.keyboard.press('f')
    }
    await setLeNetParams()
    await until(parameters, (text) => text.includes('91181'), '91,181 parameters')
    expect(await convas.problems().count()).toBe(0)

    await convas.run('run.train')
    await convas.nodes('conv2d').first().click()
    await convas.page.locator('[data-command="run.pause"]:not([disabled])').waitFor({ timeout: 60_000 })
    const before = await convas.inspectedMaps()
    await until(
      () => convas.inspectedMaps(),
      (now) => now !== before,
      'the maps in the inspector to change',
    )
    await convas.run('run.stop')
    await convas.page.locator('[data-command="run.train"]').waitFor()
  })

  test('LeNet-5 is assembled with the keyboard alone', async () => {
    await chooseDoodles(convas)
    await convas.tabTo('[data-canvas], [data-node]')
    const layers: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
      ['Conv2D', { filters: '6', kernelSize: '5', padding: 'same' }],
      ['MaxPooling2D', {}],
      ['Conv2D', { filters: '16', kernelSize: '5' }],
      ['MaxPooling2D', {}],
      ['Conv2D', { filters: '120', kernelSize: '5' }],
      ['Flatten', {}],
      ['Dense', { units: '84' }],
      ['Dense', { units: '1', activation: 'sigmoid' }],
    ]
    for (const [index, [layer, params]] of layers.entries()) {
      await convas.page.keyboard.press('/')
      await convas.page.locator('[data-layer-search]').waitFor()
      await convas.page.keyboard.type(layer)
      await convas.page.keyboard.press('Enter')
      // The first layer brings its input along.
      await until(
        () => convas.nodes().count(),
        (count) => count === index + 2,
        `${index + 2} nodes`,
      )
      for (const [param, value] of Object.entries(params)) {
        await convas.tabTo(`[data-param="${param}"]`)
        await convas.typeValue(value)
      }
      if (Object.keys(params).length > 0) await convas.tabTo('[data-node]', 'Shift+Tab')
    }
    await until(parameters, (text) => text.includes('91181'), '91,181 parameters')
    expect(await convas.problems().count()).toBe(0)
  })

  test('LeNet-5 is written as notation, and the graph writes it back', async () => {
    await chooseDoodles(convas)
    await convas.page.locator('[data-add-model]').first().click()
    await convas.typeNotation(0, 'C-P-C-P-C-F-FC')
    await until(parameters, (text) => text.includes('91181'), '91,181 parameters')
    expect(await convas.lane(0).locator('[data-notation]').inputValue()).toBe('C6@5s-P-C16@5-P-C120@5-F-FC84-FC1')
  })

  test('a shape error is shown where it is and mended with the offered button', async () => {
    await chooseDoodles(convas)
    await convas.page.locator('[data-add-model]').first().click()
    await convas.typeNotation(0, 'C6@5s-P-F-FC84-FC1')
    await convas.nodes('flatten').click()
    await convas.page.keyboard.press('Delete')
    await until(
      () => convas.problems().count(),
      (count) => count > 0,
      'a problem',
    )
    await convas.problems().first().click()
    await convas.page.locator('[data-fix]').first().click()
    await until(
      () => convas.problems().count(),
      (count) => count === 0,
      'no problem',
    )
    expect(await convas.nodes('flatten').count()).toBe(1)
  })

  test('twenty edits are undone and done again', async () => {
    await chooseDoodles(convas)
    await convas.page.locator('[data-add-model]').first().click()
    await convas.typeNotation(0, 'C-P-C-P-C-F-FC')
    await until(parameters, (text) => text.includes('91181'), '91,181 parameters')
    const before = await parameters()
    for (let edit = 0; edit < 20; edit++) {
      // In turn on two nodes: edits of one field right after one another are a single step.
      await convas
        .nodes('conv2d')
        .nth(edit % 2)
        .click()
      await convas.setParam('filters', String(20 + edit))
    }
    const after = await parameters()
    expect(after).not.toBe(before)
    for (let count = 0; count < 20; count++) await convas.run('edit.undo')
    expect(await parameters()).toBe(before)
    for (let count = 0; count < 20; count++) await convas.run('edit.redo')
    expect(await parameters()).toBe(after)
  })
})

async function chooseDoodles(convas: Convas) {
  await convas.goTo('data')
  await convas.page.locator('[data-dataset="cat-dog-doodles"]').click()
  await convas.ready()
  await convas.goTo('build')
}
