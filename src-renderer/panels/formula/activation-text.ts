import type { Activation } from '../../../src-main/common/layers/shared-params.ts'

const written: Record<Exclude<Activation, 'linear' | 'softmax'>, (x: string) => string> = {
  relu: (x) => `max(0, ${x})`,
  relu6: (x) => `min(6, max(0, ${x}))`,
  elu: (x) => (x.startsWith('−') ? `e^(${x}) − 1` : x),
  selu: (x) => (x.startsWith('−') ? `1.051 · 1.673 · (e^(${x}) − 1)` : `1.051 · ${x}`),
  tanh: (x) => `tanh(${x})`,
  sigmoid: (x) => `1 / (1 + e^(−${x.startsWith('−') ? `(${x})` : x}))`,
  hardSigmoid: (x) => `min(1, max(0, 0.2 · ${x} + 0.5))`,
  softplus: (x) => `ln(1 + e^(${x}))`,
  softsign: (x) => `${x} / (1 + |${x}|)`,
  swish: (x) => `${x} / (1 + e^(−${x.startsWith('−') ? `(${x})` : x}))`,
}

/** An activation with a number in it, such as "max(0, −0.41)"; a softmax needs the other numbers too and is written e^x / Σ e^z. */
export function activationText(name: Exclude<Activation, 'linear'>, x: string): string {
  return name === 'softmax' ? `e^(${x}) / Σ e^z` : written[name](x)
}
