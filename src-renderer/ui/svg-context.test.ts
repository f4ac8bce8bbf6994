import { expect, test } from 'vitest'
import { SvgContext } from './svg-context.ts'

const context = () => new SvgContext((text) => text.length * 10)

test('lines, rectangles, circles and texts are written with their colours, dashes and anchors', () => {
  const ctx = context()
  ctx.strokeStyle = '#123456'
  ctx.lineWidth = 2
  ctx.setLineDash([3, 3])
  ctx.beginPath()
  ctx.moveTo(1, 2)
  ctx.lineTo(3.456, 4)
  ctx.stroke()
  ctx.fillStyle = 'red'
  ctx.globalAlpha = 0.5
  ctx.fillRect(0, 0, 4, 5)
  ctx.globalAlpha = 1
  ctx.font = '700 22px Pretendard'
  ctx.textAlign = 'right'
  ctx.textBaseline = 'middle'
  ctx.fillText('A & "B"', 10, 20)
  expect(ctx.text).toBe(
    '<path d="M1 2L3.46 4" fill="none" stroke="#123456" stroke-width="2" stroke-dasharray="3 3"/>' +
      '<path d="M0 0h4v5h-4z" fill="red" opacity="0.5"/>' +
      '<text x="10" y="27.7" font-size="22" font-weight="700" text-anchor="end" fill="red">A &#38; &#34;B&#34;</text>',
  )
})

test('what was saved comes back, the clipping too', () => {
  const ctx = context()
  ctx.save()
  ctx.beginPath()
  ctx.rect(0, 0, 10, 10)
  ctx.clip()
  ctx.fillStyle = 'blue'
  ctx.beginPath()
  ctx.arc(5, 5, 2)
  ctx.fill()
  ctx.restore()
  ctx.fillRect(0, 0, 1, 1)
  expect(ctx.text).toContain('clip-path="url(#clip-1)"')
  expect(ctx.text.endsWith('<path d="M0 0h1v1h-1z" fill="#000"/>')).toBe(true)
})
