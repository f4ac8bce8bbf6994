import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { PNG } from 'pngjs'

/** A PNG of one grey value. */
export function greyPng(value: number, width = 8, height = width): Buffer {
  const png = new PNG({ width, height })
  for (let index = 0; index < png.data.length; index++) png.data[index] = index % 4 === 3 ? 255 : value
  return PNG.sync.write(png)
}

/** Files by their paths inside a folder. */
export async function writeFiles(folder: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name)
    await mkdir(path.dirname(file), { recursive: true })
    await writeFile(file, content)
  }
}
