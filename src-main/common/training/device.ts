export type Device = 'gpu' | 'cpu'

/** Where to compute: `auto` is decided for each model by measuring, where there is a choice. */
export const deviceChoices = ['auto', 'gpu', 'cpu'] as const
export type DeviceChoice = (typeof deviceChoices)[number]

/** Where a model is trained, and how long a step took on each device that was tried; none where nothing was to be decided. */
export interface DeviceDecision {
  readonly device: Device
  readonly trials: readonly { readonly device: Device; readonly millisecondsPerStep: number }[]
}
