/** Gives somebody a file, as a download; letters that a file's name may not have are replaced. */
export function saveFile(content: Blob, name: string) {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(content)
  link.download = name.replace(/[^\p{L}\p{N}_.-]+/gu, '_')
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}

/** What a canvas shows, as a PNG file. */
export function saveCanvas(canvas: HTMLCanvasElement | undefined, name: string) {
  canvas?.toBlob((picture) => {
    if (picture) saveFile(picture, name)
  }, 'image/png')
}

/** A picture as SVG text that needs nothing else, with its size on the screen. */
export interface Drawing {
  readonly svg: string
  readonly widthPx: number
  readonly heightPx: number
}

/** Pixels of a saved picture for each of the screen's. */
const pictureScale = 2

export function saveSvg({ svg }: Drawing, name: string) {
  saveFile(new Blob([svg], { type: 'image/svg+xml' }), `${name}.svg`)
}

export async function savePng({ svg, widthPx, heightPx }: Drawing, name: string) {
  const address = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }))
  try {
    const image = new Image()
    image.src = address
    await image.decode()
    const canvas = document.createElement('canvas')
    canvas.width = Math.round(widthPx * pictureScale)
    canvas.height = Math.round(heightPx * pictureScale)
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height)
    saveCanvas(canvas, `${name}.png`)
  } finally {
    URL.revokeObjectURL(address)
  }
}

/** With the mark at its start by which spreadsheets know UTF-8. */
export function saveCsv(text: string, name: string) {
  saveFile(new Blob(['\ufeff', text], { type: 'text/csv' }), `${name}.csv`)
}
