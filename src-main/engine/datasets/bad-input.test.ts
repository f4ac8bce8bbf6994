import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import zlib from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ReadingChoices } from '../../common/data/reading.ts'
import type { Failure, Result } from '../../common/result.ts'
import { randomSource } from '../random.ts'
import type { StoredDataset } from './cache/stored.ts'
import { crc32 } from './files/crc32.ts'
import { createDatasetStore } from './store.ts'
import type { DatasetStore } from './store.ts'
import { buildDecoders } from './testing/decoders.ts'
import type { TestDecoders } from './testing/decoders.ts'
import { greyPng, writeFiles } from './testing/pictures.ts'
import { writeZip } from './testing/zip-writer.ts'

const fixtures = path.resolve('src-main/engine/datasets/testing/fixtures')

let folder: string
let sharp: TestDecoders
let native: TestDecoders
let store: DatasetStore
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'convas-bad-'))
  sharp = await buildDecoders({ tensorflow: false })
  native = await buildDecoders({ tensorflow: true })
  store = storeWith(sharp, 'cache')
})
afterAll(async () => {
  sharp.close()
  native.close()
  await rm(folder, { recursive: true, force: true })
})

function storeWith({ pool }: TestDecoders, name: string): DatasetStore {
  return createDatasetStore({ cacheFolder: path.join(folder, name), decoders: pool, tell: () => undefined })
}

/** One file in a folder of its own. */
async function lay(name: string, content: string | Uint8Array): Promise<string> {
  const place = await mkdtemp(path.join(folder, 'file-'))
  await writeFiles(place, { [name]: content })
  return path.join(place, name)
}

async function read(file: string, options?: ReadingChoices): Promise<Result<StoredDataset>> {
  return store.find({ path: file, ...(options && { options }) })
}

async function refusal(file: string, options?: ReadingChoices): Promise<Failure> {
  const found = await read(file, options)
  if (found.ok) throw new Error(`It was read: ${JSON.stringify(found.value.descriptor.counts)}`)
  expectBothLanguages(found.error)
  return found.error
}

/** Whatever is refused is told in Korean too, without a particle that waits for somebody to choose its form. */
function expectBothLanguages({ message, text }: Failure): void {
  expect(text?.en).toBe(message)
  expect(text?.ko).toMatch(/[가-힣]{2,}/)
  expect(text?.ko).not.toMatch(/\((를|는|가|이|와|으)\)/)
}

const a = greyPng(10)
const b = greyPng(20)
const pets = [
  { name: 'cat/1.png', content: a },
  { name: 'cat/2.png', content: b },
  { name: 'dog/1.png', content: greyPng(30) },
  { name: 'dog/2.png', content: greyPng(40) },
]

describe('hostile zips', () => {
  test.each([
    ['out of the archive', '../../evil.png'],
    ['an absolute path', '/tmp/evil.png'],
    ['a drive', 'C:/evil.png'],
    ['a device', 'cat/CON.png'],
    ['a path with a zero', 'cat/x\u0000.png'],
  ])('a name that leads to %s is skipped with the reason; the others are read', async (_, name) => {
    const file = await lay('pets.zip', writeZip([...pets, { name, content: a }]))
    const found = await store.inspect([file], null, '')
    expect(found).toMatchObject({
      ok: true,
      value: {
        recognised: [{ skipped: [{ reason: { en: 'Its name leads out of the archive or means a device.' } }] }],
      },
    })
    const imported = await read(file, { format: 'pictures', testShare: 0 })
    expect(imported).toMatchObject({ ok: true, value: { descriptor: { counts: { train: 4 } } } })
    expect(existsSync('/tmp/evil.png') || existsSync(path.join(folder, 'evil.png'))).toBe(false)
  })

  test.each([
    ['links', { mode: 0o120777 }, /is a link/],
    ['locked files', { flags: 1 }, /locked with a password/],
    ['an unknown packing', { method: 14 }, /method 14/],
    ['more bytes than can be', { size: 2 ** 31 }, /claims 2147483648 bytes/],
  ])('%s are skipped with the reason', async (_, claims, reason) => {
    const file = await lay('pets.zip', writeZip([...pets, { name: 'cat/3.png', content: a, claims }]))
    const found = await read(file, { format: 'pictures', testShare: 0 })
    const report = found.ok ? await found.value.report() : null
    expect(report?.skipped.map((one) => [one.file, reason.test(one.reason.en)])).toEqual([['cat/3.png', true]])
  })

  test('files that overlap are refused as a whole', async () => {
    const file = await lay('bomb.zip', writeZip([...pets, { name: 'cat/3.png', content: a, claims: { offset: 0 } }]))
    expect(await refusal(file)).toMatchObject({
      code: 'invalid-dataset',
      message: expect.stringMatching(/overlap/) as string,
    })
  })

  test('a bomb is not unpacked: what it claims is too large for a picture', async () => {
    const file = await lay('bomb.zip', writeZip([...pets, { name: 'cat/3.png', content: Buffer.alloc(250_000_000) }]))
    const found = await read(file, { format: 'pictures', testShare: 0 })
    const report = found.ok ? await found.value.report() : null
    expect(report?.skipped).toMatchObject([
      { file: 'cat/3.png', reason: { en: expect.stringMatching(/at most 200,000,000 bytes/) as string } },
    ])
  })

  test('a bomb that claims to be small stops where its claim ends', async () => {
    const content = Buffer.alloc(5_000_000)
    const file = await lay('bomb.zip', writeZip([...pets, { name: 'cat/3.png', content, claims: { size: 1_000 } }]))
    const found = await read(file, { format: 'pictures', testShare: 0 })
    const report = found.ok ? await found.value.report() : null
    expect(report?.skipped).toMatchObject([
      { file: 'cat/3.png', reason: { en: expect.stringMatching(/damaged here/) as string } },
    ])
  })
})

describe('in Korean', () => {
  test('a CSV whose quotation is never closed says in which row', async () => {
    const file = await lay('a.csv', 'x,y\n1,2\n"3,4\n5,6\n')
    const { text } = await refusal(file, { format: 'table' })
    expect(text?.ko).toBe('3행에서 시작한 따옴표가 닫히지 않았습니다. 파일에서 따옴표를 닫으세요.')
  })

  test('an idx file that ends in its header is named', async () => {
    const { text } = await refusal(await lay('cut-idx3-ubyte', Buffer.from([0, 0, 8, 3, 0, 0])))
    expect(text?.ko).toBe('"cut-idx3-ubyte" 파일이 헤더 중간에서 끝납니다. 파일이 잘린 것입니다.')
  })

  test('one of the files in a damaged zip within a folder is named with the reason', async () => {
    const place = await mkdtemp(path.join(folder, 'zips-'))
    await writeFiles(place, { 'a/1.png': a, 'b/1.png': b, 'torn.zip': writeZip(pets).subarray(0, 200) })
    const found = await store.inspect([place], null, '')
    const skipped = found.ok ? found.value.recognised[0].skipped : []
    expect(skipped.map(({ reason }) => reason.ko)).toEqual([
      '"torn.zip" 압축 파일: 끝에 있는 파일 목록이 없거나 깨져 있습니다. 파일이 잘린 것입니다. 다시 복사하거나 내려받거나, 새로 압축하세요.',
    ])
  })
})

describe('what is not there', () => {
  test.each<readonly [string, () => Promise<string>, RegExp]>([
    ['nothing', async () => path.join(folder, 'nowhere'), /Nothing is there/],
    ['an empty folder', () => mkdtemp(path.join(folder, 'empty-')), /Files were expected/],
    ['an empty zip', () => lay('empty.zip', writeZip([])), /Files were expected/],
    ['an empty CSV', () => lay('empty.csv', ''), /The file is empty/],
    ['an empty npy', () => lay('empty.npy', ''), /is empty/],
    ['a text', () => lay('letter.md', '# Hello\n'), /Pictures, arrays .* or a CSV were expected|rows|columns/],
    [
      'a spreadsheet',
      () => lay('a.xlsx', writeZip([{ name: 'xl/workbook.xml', content: Buffer.from('<x/>') }])),
      /save it as CSV/,
    ],
  ])('%s', async (_, place, message) => {
    expect((await refusal(await place())).message).toMatch(message)
  })

  test('links in a folder are not followed', async () => {
    const place = await mkdtemp(path.join(folder, 'links-'))
    await writeFiles(place, { 'a/1.png': a, 'b/1.png': b })
    await symlink('/etc/passwd', path.join(place, 'a', '2.png'))
    await symlink('/', path.join(place, 'root'))
    const found = await store.inspect([place], null, '')
    expect(found).toMatchObject({
      ok: true,
      value: { recognised: [{ skippedCount: 2, counts: { train: 2, test: 0 } }] },
    })
  })

  test('one class, one picture a class, and pictures of unequal sizes are read, with a warning', async () => {
    const one = await mkdtemp(path.join(folder, 'one-'))
    await writeFiles(one, { 'cat/1.png': greyPng(1, 3, 9), 'cat/2.png': greyPng(2, 40, 7) })
    expect(await store.inspect([one], null, '')).toMatchObject({
      ok: true,
      value: {
        recognised: [
          {
            classes: ['cat'],
            shape: [32, 32, 3],
            warnings: [{ en: expect.stringMatching(/only one class/) as string }],
            sizes: { smallest: [3, 9], largest: [40, 7] },
          },
        ],
      },
    })
    const each = await mkdtemp(path.join(folder, 'each-'))
    await writeFiles(each, { 'cat/1.png': a, 'dog/1.png': b, 'eel/1.png': greyPng(3) })
    expect(await store.inspect([each], null, '')).toMatchObject({
      ok: true,
      value: {
        recognised: [
          { counts: { train: 3, test: 0 }, warnings: [{ en: expect.stringMatching(/hardly any/) as string }] },
        ],
      },
    })
  })

  test('100,000 classes are too many to be any', async () => {
    const names = Array.from({ length: 100_000 }, (_, index) => ({
      name: `${index}/x.png`,
      content: new Uint8Array(0),
    }))
    expect((await refusal(await lay('many.zip', writeZip65(names.map(({ name }) => name))))).message).toMatch(
      /At most 10000 classes.*100000/,
    )
  })
})

/** More entries than a plain zip's counter holds: with the larger counter of Zip64. */
function writeZip65(names: readonly string[]): Buffer {
  const pieces: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const name of names) {
    const local = Buffer.alloc(30 + name.length)
    local.write('PK\u0003\u0004', 'latin1')
    local.writeUInt16LE(name.length, 26)
    local.write(name, 30)
    const entry = Buffer.alloc(46 + name.length)
    entry.write('PK\u0001\u0002', 'latin1')
    entry.writeUInt16LE(name.length, 28)
    entry.writeUInt32LE(offset, 42)
    entry.write(name, 46)
    pieces.push(local)
    directory.push(entry)
    offset += local.length
  }
  const list = Buffer.concat(directory)
  const end64 = Buffer.alloc(56)
  end64.write('PK\u0006\u0006', 'latin1')
  end64.writeBigUInt64LE(44n, 4)
  end64.writeBigUInt64LE(BigInt(names.length), 24)
  end64.writeBigUInt64LE(BigInt(names.length), 32)
  end64.writeBigUInt64LE(BigInt(list.length), 40)
  end64.writeBigUInt64LE(BigInt(offset), 48)
  const locator = Buffer.alloc(20)
  locator.write('PK\u0006\u0007', 'latin1')
  locator.writeBigUInt64LE(BigInt(offset + list.length), 8)
  locator.writeUInt32LE(1, 16)
  const end = Buffer.alloc(22)
  end.write('PK\u0005\u0006', 'latin1')
  end.writeUInt16LE(0xffff, 8)
  end.writeUInt16LE(0xffff, 10)
  end.writeUInt32LE(0xffffffff, 12)
  end.writeUInt32LE(0xffffffff, 16)
  return Buffer.concat([...pieces, list, end64, locator, end])
}

/** A PNG whose header claims a size that its data have not. */
function lyingPng(width: number, height: number): Buffer {
  const png = Buffer.from(greyPng(1))
  png.writeUInt32BE(width, 16)
  png.writeUInt32BE(height, 20)
  png.writeUInt32BE(crc32(png.subarray(12, 29)), 29)
  return png
}

describe('pictures that lie', () => {
  test.each(['tensorflow', 'sharp'] as const)(
    'are listed with the reason and cost no memory, through %s',
    async (decoder) => {
      const place = await mkdtemp(path.join(folder, 'lies-'))
      const jpeg = await readFile(path.join(fixtures, 'kinds', 'turned-1.jpg'))
      await writeFiles(place, {
        'a/good.png': a,
        'b/good.png': b,
        'a/huge.png': lyingPng(65_500, 65_500),
        'a/empty.jpg': '',
        'a/text.jpg': 'hello',
        'a/long.png': lyingPng(9_000, 9_000),
        'b/cut.jpg': jpeg.subarray(0, jpeg.length / 2),
        'b/heic.heic': Buffer.from('\u0000\u0000\u0000\u0018ftypheic\u0000\u0000\u0000\u0000', 'latin1'),
        'b/drawing.svg': '<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>',
      })
      const one = storeWith(decoder === 'sharp' ? sharp : native, `lies-${decoder}`)
      const found = await one.find({ path: place, options: { format: 'pictures', testShare: 0, channels: 1 } })
      if (!found.ok) throw new Error(found.error.message)
      const report = await found.value.report()
      const reasons = Object.fromEntries(report?.skipped.map(({ file, reason }) => [file, reason.en]) ?? [])
      expect(reasons).toEqual({
        'a/huge.png': expect.stringMatching(/65500 × 65500 pixels; at most 120 million/) as string,
        'a/empty.jpg': 'The file is empty.',
        'a/text.jpg': 'It is no picture that can be read.',
        'a/long.png': expect.stringMatching(/damaged/) as string,
        'b/cut.jpg': expect.stringMatching(/damaged/) as string,
        'b/heic.heic': 'HEIC is not read. Save it as JPEG or PNG.',
        'b/drawing.svg': 'SVG is not read. Save it as JPEG or PNG.',
      })
      expect(found.value.descriptor.counts.train).toBe(2)
    },
  )
})

describe('arrays that lie', () => {
  const npy = (header: string, values = new Uint8Array(0)) => {
    const text = Buffer.from(`${header.padEnd(117)}\n`)
    const start = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, text.length, 0])
    return Buffer.concat([start, text, values])
  }
  const idx = (type: number, ...sizes: number[]) => {
    const head = Buffer.alloc(4 + 4 * sizes.length)
    head.writeUInt8(type, 2)
    head.writeUInt8(sizes.length, 3)
    sizes.forEach((size, axis) => head.writeUInt32BE(size, 4 + 4 * axis))
    return Buffer.concat([head, Buffer.alloc(24)])
  }
  const floats = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer)

  test.each<readonly [string, () => Promise<string>, RegExp]>([
    ['objects', async () => path.join(fixtures, 'objects.npy'), /Python objects \(dtype object\).*never read/],
    [
      'a structured type',
      () => lay('x.npy', npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }")),
      /plain numbers/,
    ],
    [
      'complex numbers',
      () => lay('x.npy', npy("{'descr': '<c8', 'fortran_order': False, 'shape': (2, 2), }")),
      /numbers of up to 64 bits.*c8/,
    ],
    ['a program for a header', () => lay('x.npy', npy("__import__('os').system('touch x')")), /plain numbers/],
    [
      'a shape that is not there',
      () => lay('x.npy', npy("{'descr': '<f4', 'fortran_order': False, 'shape': (9, 9), }", floats(1))),
      /another number|fewer/,
    ],
    [
      'a shape beyond all bounds',
      () => lay('x.npy', npy("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999, 99999999), }")),
      /cannot be/,
    ],
    [
      'a column-wise giant',
      () => lay('x.npy', npy("{'descr': '<f4', 'fortran_order': True, 'shape': (30000, 30000), }")),
      /column by column/,
    ],
    [
      'more values than the shape says',
      () => lay('x.npy', npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }", floats(1, 2, 3, 4, 5, 6))),
      /another number/,
    ],
    [
      'NaN',
      () => lay('x.npy', npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }", floats(1, 2, NaN, 4))),
      /Finite numbers.*NaN in sample 1/,
    ],
    [
      'infinity',
      () => lay('x.npy', npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }", floats(Infinity, 2, 3, 4))),
      /Infinity in sample 0/,
    ],
    ['an idx that says too much', () => lay('x-idx', idx(8, 1_000_000, 28, 28)), /another number/],
    ['an idx of four billions', () => lay('x-idx', idx(8, 4_294_967_295, 4_294_967_295)), /cannot be/],
    [
      'a damaged gzip',
      () => lay('x.gz', zlib.gzipSync(idx(8, 6, 2, 2)).subarray(0, 30)),
      /damaged gzip|another number|ends/,
    ],
    [
      'a pickle that runs a program',
      async () => path.join(fixtures, 'pickle-hostile'),
      /(posix|os|nt)\.system.*refused; nothing was run/,
    ],
    [
      'a pickle with a builtin',
      () => lay('p', Buffer.from('\x80\x02c__builtin__\neval\nq\x00X\x01\x00\x00\x001\x85R.', 'latin1')),
      /__builtin__\.eval.*refused/,
    ],
    ['a pickle with an unknown code', () => lay('p', Buffer.from('\x80\x02}P5\n.', 'latin1')), /code 0x50.*refused/],
    ['a pickle that never ends', () => lay('p', Buffer.from('\x80\x02}', 'latin1')), /ends too early/],
  ])('%s: a clear sentence', async (_, place, message) => {
    const error = await refusal(await place(), { format: 'arrays' })
    expect(error).toMatchObject({ code: 'invalid-dataset', message: expect.stringMatching(message) as string })
    expect(existsSync('hostile-was-here')).toBe(false)
  })
})

describe('tables that lie', () => {
  const lines = (count: number, line: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => line(index)).join('\n')

  test.each<readonly [string, string, ReadingChoices | undefined, RegExp]>([
    [
      'a quotation mark that never closes',
      `a,b\n${lines(30, (index) => `${index},${index}`)}\n1,"open\n2,3\n`,
      undefined,
      /quotation mark that opens in row \d+ is never closed/,
    ],
    [
      'a column of words as a series',
      `a,b\n${lines(30, (index) => `${index},word${index}`)}\n`,
      { format: 'series', target: 'b' },
      /A column of numbers was expected\. "b" holds words/,
    ],
    [
      'a column that is not there',
      `a,b\n${lines(30, (index) => `${index},${index}`)}\n`,
      { format: 'series', target: 'c' },
      /A column of a, b was expected\. Received: c/,
    ],
    [
      'a look-back longer than the rows',
      `a,b\n${lines(30, (index) => `${index},${index}`)}\n`,
      { format: 'series', target: 'a', lookBack: 40 },
      /need more than 42 rows\. Received: 30/,
    ],
    ['a header alone', 'a,b\n', { format: 'table' }, /at least two rows/],
    ['bytes', '\u0001\u0002,\u0000\u0003\n'.repeat(50), { format: 'table' }, /binary/],
    [
      'nothing but missing values',
      `a,b\n${lines(30, () => 'NA,NA')}\n`,
      { format: 'table', features: ['a'], target: 'b' },
      /At least two rows|holds nothing/,
    ],
  ])('%s: a clear sentence', async (_, content, options, message) => {
    const error = await refusal(await lay('table.csv', content), options)
    expect(error).toMatchObject({ code: 'invalid-dataset', message: expect.stringMatching(message) as string })
  })

  test('missing values, NaN and infinity in a series are filled in, and told of', async () => {
    const values = ['1', 'NaN', '3', 'inf', '', '6', '7', '8', '9', '10', '11', '12']
    const file = await lay(
      'gaps.csv',
      `time,speed\n${values.map((value, index) => `2024-01-01 0:${String(index * 5).padStart(2, '0')},${value}`).join('\n')}\n`,
    )
    const found = await store.inspect([file], { format: 'series', lookBack: 2 }, '')
    expect(found).toMatchObject({
      ok: true,
      value: { recognised: [{ warnings: [{ en: '3 missing values are filled in.' }] }] },
    })
    const stored = await read(file, { format: 'series', lookBack: 2, scaling: 'none' })
    const rows = stored.ok ? await stored.value.series() : null
    expect(Array.from(rows?.values ?? [])).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
  })

  test('rows of a table with a missing value are left out, or get the mean of the training part', async () => {
    const file = await lay(
      'holes.csv',
      `size,colour,label\n${lines(20, (index) => `${index === 3 ? '' : index},${index % 2 ? 'red' : 'blue'},${index < 10 ? 'small' : 'large'}`)}\n`,
    )
    const dropped = await read(file, { format: 'table' })
    expect(dropped).toMatchObject({
      ok: true,
      value: { descriptor: { shape: [3], counts: { train: 15, test: 4 }, classes: ['large', 'small'] } },
    })
    const filled = await read(file, { format: 'table', missing: 'mean', testShare: 0, scaling: 'none' })
    const samples = filled.ok ? await filled.value.samples('train', [3]) : null
    expect(Array.from(samples ?? [])).toEqual([expect.closeTo((190 - 3) / 19, 4), 0, 1])
  })
})

describe('damaged files', () => {
  test('a zip that is cut off is told by the name that its owner knows, in one plain sentence', async () => {
    const whole = writeZip(pets)
    const file = await lay('my pets.zip', whole.subarray(0, whole.length - 40))
    const { message } = await refusal(file)
    expect(message).toMatch(/^The zip "my pets\.zip" is cut off: .*\. Copy or download it again, or pack it anew\.$/)
    expect(message).not.toContain(path.dirname(file))
  })

  const seeds = [
    'fifty.zip',
    'python-deflated.zip',
    'zip.zip',
    'digits.npz',
    'digits-compressed.npz',
    'float32.npy',
    'float32-fortran.npy',
    'words.npz',
    'idx/train-images-idx3-ubyte',
    'fashion-idx-gz/train-images-idx3-ubyte.gz',
    'cifar-python/data_batch_1',
    'pickle-2-0',
    'pickle-3-4',
    'cifar-binary/data_batch_1.bin',
    'korean-euc-kr.csv',
    'korean-utf-16.csv',
    'decimal-comma.csv',
    'kinds/colour.png',
    'kinds/colour.bmp',
    'kinds/palette.bmp',
    'kinds/colour.tiff',
    'kinds/colour.webp',
    'kinds/animated.gif',
    'kinds/alpha.png',
    'kinds/deep.png',
    'kinds/cmyk.jpg',
    'kinds/turned-6.jpg',
  ]
  const each = 20

  /** Cut off, bits turned over, a stretch overwritten, a stretch taken out, or lengths near the beginning made huge. */
  function damage(content: Buffer, seed: number): Buffer {
    const random = randomSource(seed)
    const damaged = Buffer.from(content)
    const at = random.below(damaged.length)
    const kind = seed % 5
    if (kind === 0) return damaged.subarray(0, at)
    if (kind === 1) {
      for (let count = 0; count < 1 + random.below(8); count++) {
        const place = random.below(damaged.length)
        damaged[place] = (damaged[place] as number) ^ (1 << random.below(8))
      }
      return damaged
    }
    if (kind === 2) return damaged.fill(random.below(256), at, Math.min(damaged.length, at + 1 + random.below(64)))
    if (kind === 3) return Buffer.concat([damaged.subarray(0, at), damaged.subarray(at + 1 + random.below(32))])
    const place = random.below(Math.min(64, damaged.length))
    return damaged.fill(0xff, place, Math.min(damaged.length, place + 4))
  }

  test.each(seeds)('%s, damaged in 20 ways: read, or refused in a sentence; nothing breaks', async (seed) => {
    const content = await readFile(path.join(fixtures, seed))
    const one = storeWith(seed.length % 2 === 0 ? native : sharp, `damaged-${path.basename(seed)}`)
    for (let count = 0; count < each; count++) {
      const place = path.join(folder, 'damaged', `${path.basename(seed)}-${count}`)
      await mkdir(place, { recursive: true })
      const file = path.join(place, path.basename(seed))
      await writeFile(file, damage(content, count * 7 + seed.length))
      const inspected = await one.inspect([file], null, '')
      const found = inspected.ok ? await one.find(inspected.value.source) : inspected
      if (!found.ok) {
        expect(found.error.code).toMatch(/^(invalid|missing)-dataset$/)
        expect(found.error.message).toMatch(/^[A-Z"/].{20,}[.\w)]$/s)
        expectBothLanguages(found.error)
      }
    }
    const left = await readdir(path.join(folder, `damaged-${path.basename(seed)}`)).catch(() => [])
    expect(left.filter((name) => name.includes('.part'))).toEqual([])
  })
})
