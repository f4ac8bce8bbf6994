import { tick } from 'svelte'
import { fitOf, fitPicture } from '../../../src-main/common/pictures/fit-picture.ts'
import type { Pixels } from '../../../src-main/common/pictures/pixels.ts'
import type { Workspace } from '../../state/workspace.svelte.ts'

/** So many pictures a second at most. */
const MOST_A_SECOND = 4

/**
 * Looks at what the camera sees in place of the pinned picture, a few times a second, never faster than the models answer.
 * The pictures stay in memory.
 */
export class Camera {
  #workspace: Workspace
  #state = $state<'off' | 'asking' | 'live' | 'held'>('off')
  #fault = $state<'refused' | 'absent' | null>(null)
  #video: HTMLVideoElement | null = null
  #stream = $state.raw<MediaStream | null>(null)
  /** Grows with every start and stop: a loop that was begun before ends. */
  #turn = 0

  constructor(workspace: Workspace) {
    this.#workspace = workspace
  }

  get state() {
    return this.#state
  }
  /** Why there is no picture. */
  get fault() {
    return this.#fault
  }

  /** Where the camera's picture is seen. */
  attach = (video: HTMLVideoElement) => {
    this.#video = video
    video.srcObject = this.#stream
    return () => {
      if (this.#video === video) this.#video = null
    }
  }

  async start() {
    const turn = ++this.#turn
    this.#state = 'asking'
    this.#fault = null
    try {
      const stream = await navigator.mediaDevices.getUserMedia({
        video: { width: { ideal: 640 }, height: { ideal: 480 } },
      })
      if (turn !== this.#turn) return close(stream)
      this.#stream = stream
      for (const track of stream.getTracks()) track.addEventListener('ended', () => this.stop())
      if (this.#video) this.#video.srcObject = stream
      this.#state = 'live'
      await this.#follow(turn)
    } catch (error) {
      if (turn !== this.#turn) return
      this.stop()
      this.#fault = error instanceof DOMException && error.name === 'NotAllowedError' ? 'refused' : 'absent'
    }
  }

  /** Keeps the picture that is looked at, or goes on. */
  hold() {
    this.#state = this.#state === 'live' ? 'held' : 'live'
    if (this.#state === 'live') void this.#follow(++this.#turn)
    else this.#turn++
  }

  /** Lets go of the camera; the last picture stays until another is pinned. */
  stop() {
    this.#turn++
    if (this.#stream) close(this.#stream)
    this.#stream = null
    this.#state = 'off'
    this.#fault = null
  }

  async #follow(turn: number) {
    while (turn === this.#turn) {
      const due = new Promise((resolve) => setTimeout(resolve, 1_000 / MOST_A_SECOND))
      if (!document.hidden) this.#look()
      await tick()
      await Promise.all([due, this.#workspace.probes.settled()])
    }
  }

  #look() {
    const { source, descriptor } = this.#workspace.dataset
    const [height = 0, width = 0, channels = 0] = descriptor?.shape ?? []
    const pixels = this.#video && pixelsOf(this.#video)
    if (!source || !pixels || (channels !== 1 && channels !== 3)) return
    const { values } = fitPicture(pixels, { width, height, channels, fit: fitOf(source) })
    this.#workspace.see({
      name: this.#workspace.t('camera.title'),
      shape: [height, width, channels],
      pixels: values,
      widthPx: pixels.width,
      heightPx: pixels.height,
    })
  }
}

function close(stream: MediaStream) {
  for (const track of stream.getTracks()) track.stop()
}

/** What a video shows now; null before its first picture. */
function pixelsOf(video: HTMLVideoElement): Pixels | null {
  const { videoWidth: width, videoHeight: height } = video
  if (width === 0 || height === 0 || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return null
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })
  if (!context) return null
  context.drawImage(video, 0, 0)
  const { data } = context.getImageData(0, 0, width, height)
  return { width, height, channels: 4, values: new Uint8Array(data.buffer) }
}
