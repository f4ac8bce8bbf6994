/** Gives somebody a file, as a download; letters that a file's name may not have are replaced. */
export function saveFile(content: Blob, name: string) {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(content)
  link.download = name.replace(/[^\w.-]+/g, '_')
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}

/** What a canvas shows, as a PNG file. */
export function saveCanvas(canvas: HTMLCanvasElement | undefined, name: string) {
  canvas?.toBlob((picture) => {
    if (picture) saveFile(picture, name)
  }, 'image/png')
}
