/** How often what comes from a training is shown. An eye reads no faster, and every drawing costs the training. */
const TICK_MS = 250

/** Runs at the next of the moments that all share, so that what changes together is drawn once. */
export function atNextTick(run: () => void) {
  setTimeout(run, TICK_MS - (performance.now() % TICK_MS))
}
