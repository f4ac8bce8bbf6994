import type uPlot from 'uplot'

/** Colours of the theme by the names of their variables. */
export interface ThemeColours {
  readonly of: (name: string) => string
  /** After the theme has changed. */
  readonly forget: () => void
}

/** Read once a theme: asking for a style while the page has changed makes the browser work it all out at once. */
export function themeColours(): ThemeColours {
  const colours = new Map<string, string>()
  return {
    of: (name) => {
      const known = colours.get(name)
      if (known !== undefined) return known
      const colour = getComputedStyle(document.documentElement).getPropertyValue(name).trim()
      colours.set(name, colour)
      return colour
    },
    forget: () => {
      colours.clear()
    },
  }
}

/** How axes look in every chart. */
export function axisLook(colours: ThemeColours): uPlot.Axis {
  return {
    stroke: () => colours.of('--text-2'),
    grid: { stroke: () => colours.of('--line'), width: 1 },
    ticks: { show: false },
    font: `11px ${getComputedStyle(document.body).fontFamily}`,
  }
}

export function chartSize(host: HTMLElement): { readonly width: number; readonly height: number } {
  return { width: Math.max(80, host.clientWidth), height: Math.max(60, host.clientHeight) }
}

/** Keeps a chart as large as what holds it; gives what ends that. */
export function followSize(host: HTMLElement, chart: () => uPlot | null): () => void {
  const observer = new ResizeObserver(() => {
    if (host.clientWidth > 0) chart()?.setSize(chartSize(host))
  })
  observer.observe(host)
  return () => {
    observer.disconnect()
  }
}

/** Draws a chart in the new colours; the window's theme is put on the document after this, the next frame has it. */
export function redrawSoon(chart: () => uPlot | null, colours: ThemeColours): () => void {
  const frame = requestAnimationFrame(() => {
    colours.forget()
    chart()?.redraw(false, true)
  })
  return () => {
    cancelAnimationFrame(frame)
  }
}

/** The place on the x axis under the cursor; null where it is not over the chart. */
export function placeUnderCursor(chart: uPlot): number | null {
  const { left } = chart.cursor
  return left === undefined || left < 0 ? null : chart.posToVal(left, 'x')
}
