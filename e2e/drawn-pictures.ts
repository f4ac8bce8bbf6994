import { crc32 } from 'node:zlib'
import sharp from 'sharp'

/** A drawn head in front view: a cat has pointed ears, a dog hanging ones. `number` moves and colours it. */
export function drawPet(kind: 'cat' | 'dog', number: number, sizePx = 64): Promise<Buffer> {
  const hue = (number * 47) % 360
  const [x, y] = [32 + ((number * 7) % 9) - 4, 34 + ((number * 5) % 7) - 3]
  const ears =
    kind === 'cat'
      ? `<path d="M${x - 16} ${y - 6}l4-22 12 12zM${x + 16} ${y - 6}l-4-22-12 12z"/>`
      : `<ellipse cx="${x - 17}" cy="${y + 4}" rx="6" ry="15"/><ellipse cx="${x + 17}" cy="${y + 4}" rx="6" ry="15"/>`
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" width="${sizePx}" height="${sizePx}">
    <rect width="64" height="64" fill="hsl(${(hue + 180) % 360} 40% 88%)"/>
    <g fill="hsl(${hue} 45% 38%)">${ears}<circle cx="${x}" cy="${y}" r="16"/></g>
    <circle cx="${x - 6}" cy="${y - 3}" r="2.5"/><circle cx="${x + 6}" cy="${y - 3}" r="2.5"/>
    <path d="M${x - 3} ${y + 4}h6l-3 4z" fill="#511"/></svg>`
  return sharp(Buffer.from(svg)).jpeg({ quality: 85 }).toBuffer()
}

/** A zip of files as they are (APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16); they are compressed already. */
export function makeZip(files: readonly (readonly [name: string, content: Buffer])[]): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [name, content] of files) {
    const [encoded, sum] = [Buffer.from(name), crc32(content)]
    const local = Buffer.alloc(30)
    local.writeUInt32LE(0x04034b50, 0)
    local.writeUInt16LE(20, 4)
    local.writeUInt32LE(sum, 14)
    local.writeUInt32LE(content.length, 18)
    local.writeUInt32LE(content.length, 22)
    local.writeUInt16LE(encoded.length, 26)
    const central = Buffer.alloc(46)
    central.writeUInt32LE(0x02014b50, 0)
    central.writeUInt16LE(20, 4)
    local.copy(central, 6, 4, 30)
    central.writeUInt32LE(offset, 42)
    parts.push(local, encoded, content)
    directory.push(central, encoded)
    offset += local.length + encoded.length + content.length
  }
  const listing = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(files.length, 8)
  end.writeUInt16LE(files.length, 10)
  end.writeUInt32LE(listing.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...parts, listing, end])
}
