import type { OptimizerType, Recipe } from '../../../common/training/recipe.ts'
import type { Graph } from './graph.ts'
import { floatConstant, floatType } from './graph.ts'

/** What an optimiser remembers outside the graph. */
export interface OptimizerMemory {
  /** Steps taken. */
  readonly step: number
  /** Nadam's product of momenta. */
  readonly product: number
}

/** One weight inside a graph: names of the variables and of what was read from them in this step. */
export interface WeightNodes {
  readonly variable: string
  readonly value: string
  readonly gradient: string
  readonly slots: readonly { readonly variable: string; readonly value: string }[]
}

/**
 * An optimiser as nodes of a graph: the twin of `createOptimizer`, with the same formulas. What changes from step to step is
 * computed outside, in double precision, and fed as a few numbers.
 */
export interface GraphOptimizer {
  /** How many numbers a step is fed. */
  readonly numberCount: number
  readonly numbers: (memory: OptimizerMemory, learningRate: number) => readonly number[]
  readonly advance: (memory: OptimizerMemory) => OptimizerMemory
  /** Adds the update of one weight; gives the nodes to wait for. */
  readonly update: (graph: Graph, weight: WeightNodes, numbers: readonly string[]) => readonly string[]
}

const epsilon = 1e-7
const beta1 = 0.9
const beta2 = 0.999
const momentumDefault = 0.9
const adamwDecay = 0.004
const rho = 0.9
/** The fused kernel subtracts rounded betas from one: its own betas are these. */
const fusedBeta1 = Math.fround(beta1)
const fusedBeta2 = Math.fround(beta2)

type Rule = Omit<GraphOptimizer, 'advance'>

/** Arithmetic on nodes, op by op as tfjs does it. */
function arithmetic(graph: Graph) {
  const binary = (op: string) => (one: string, other: string) => graph.add(op, [one, other], { T: floatType })
  const unary = (op: string) => (one: string) => graph.add(op, [one], { T: floatType })
  return {
    add: binary('AddV2'),
    sub: binary('Sub'),
    mul: binary('Mul'),
    div: binary('RealDiv'),
    // Where the divisor is a root above zero: TensorFlow turns RealDiv into a product with Rsqrt, which rounds differently.
    divByRoot: binary('DivNoNan'),
    square: unary('Square'),
    sqrt: unary('Sqrt'),
    number: (value: number) => floatConstant(graph, value),
    assign: (variable: string, value: string, waitFor: readonly string[]) =>
      graph.add('AssignVariableOp', [variable, value], { dtype: floatType }, waitFor),
  }
}

/** With `isFused` a rule may use TensorFlow's own kernel for it: several times faster, rounded differently. */
export function optimizerNodes(recipe: Recipe['optimizer'], isFused: boolean): GraphOptimizer {
  const decay = recipe.weightDecay ?? (recipe.type === 'adamw' ? adamwDecay : 0)
  const rule = rules[recipe.type](recipe.momentum, isFused)
  const advance = ({ step, product }: OptimizerMemory): OptimizerMemory => ({
    step: step + 1,
    product: product * nadamMomentum(step + 1),
  })
  if (decay === 0) return { ...rule, advance }
  return {
    numberCount: rule.numberCount + 1,
    numbers: (memory, learningRate) => [...rule.numbers(memory, learningRate), 1 - learningRate * decay],
    advance,
    update: (graph, weight, numbers) => {
      const { mul, assign } = arithmetic(graph)
      const value = mul(weight.value, numbers[rule.numberCount] as string)
      if (!isFused) return rule.update(graph, { ...weight, value }, numbers)
      const shrunk = assign(weight.variable, value, [])
      return rule.update(graph, { ...weight, value, gradient: after(graph, weight.gradient, shrunk) }, numbers)
    },
  }
}

/** A value that is there only when a node has run. */
function after(graph: Graph, value: string, node: string): string {
  return graph.add('Identity', [value], { T: floatType }, [node])
}

function nadamMomentum(step: number): number {
  return beta1 * (1 - 0.5 * Math.pow(0.96, step))
}

const rules: Readonly<Record<OptimizerType, (momentum: number | undefined, isFused: boolean) => Rule>> = {
  sgd: (momentum = 0, isFused) => (momentum > 0 ? momentumRule(momentum, false, isFused) : descent(isFused)),
  momentum: (momentum = momentumDefault, isFused) => momentumRule(momentum, false, isFused),
  nesterov: (momentum = momentumDefault, isFused) => momentumRule(momentum, true, isFused),
  rmsprop: (momentum = 0, isFused) => rmsprop(momentum, isFused),
  adagrad: () => adagrad,
  adam: (_, isFused) => (isFused ? fusedAdam : adam),
  adamw: (_, isFused) => (isFused ? fusedAdam : adam),
  nadam: () => nadam,
}

const onlyRate: Pick<Rule, 'numberCount' | 'numbers'> = {
  numberCount: 1,
  numbers: (_, learningRate) => [learningRate],
}

function descent(isFused: boolean): Rule {
  return {
    ...onlyRate,
    update: (graph, { variable, value, gradient }, [rate = '']) => {
      if (isFused)
        return [
          graph.add('ResourceApplyGradientDescent', [variable, rate, gradient], { T: floatType }, [nodeOf(value)]),
        ]
      const { sub, mul, assign } = arithmetic(graph)
      return [assign(variable, sub(value, mul(gradient, rate)), [])]
    },
  }
}

function momentumRule(momentum: number, isNesterov: boolean, isFused: boolean): Rule {
  return {
    ...onlyRate,
    update: (graph, { variable, value, gradient, slots: [velocity] }, [rate = '']) => {
      const { add, sub, mul, number, assign } = arithmetic(graph)
      if (velocity === undefined) throw new Error('Momentum needs a slot.')
      if (isFused)
        return [
          graph.add(
            'ResourceApplyKerasMomentum',
            [variable, velocity.variable, rate, gradient, number(momentum)],
            { T: floatType, use_nesterov: { kind: 'bool', value: isNesterov } },
            [nodeOf(value)],
          ),
        ]
      const pull = mul(gradient, rate)
      const next = sub(mul(velocity.value, number(momentum)), pull)
      const change = isNesterov ? sub(mul(next, number(momentum)), pull) : next
      return [assign(velocity.variable, next, []), assign(variable, add(value, change), [])]
    },
  }
}

function rmsprop(momentum: number, isFused: boolean): Rule {
  return {
    ...onlyRate,
    update: (graph, { variable, value, gradient, slots: [mean, velocity] }, [rate = '']) => {
      const { add, sub, mul, divByRoot, square, sqrt, number, assign } = arithmetic(graph)
      if (mean === undefined) throw new Error('RMSprop needs a slot.')
      if (isFused && velocity !== undefined)
        return [
          graph.add(
            'ResourceApplyRMSProp',
            [
              variable,
              mean.variable,
              velocity.variable,
              rate,
              number(rho),
              number(momentum),
              number(epsilon),
              gradient,
            ],
            { T: floatType },
            [nodeOf(value)],
          ),
        ]
      const nextMean = add(mul(mean.value, number(rho)), mul(square(gradient), number(1 - rho)))
      const scaled = divByRoot(mul(gradient, rate), sqrt(add(nextMean, number(epsilon))))
      const assignMean = assign(mean.variable, nextMean, [])
      if (velocity === undefined) return [assignMean, assign(variable, sub(value, scaled), [])]
      const next = add(mul(velocity.value, number(momentum)), scaled)
      return [assignMean, assign(velocity.variable, next, []), assign(variable, sub(value, next), [])]
    },
  }
}

const adagrad: Rule = {
  ...onlyRate,
  update: (graph, { variable, value, gradient, slots: [sum] }, [rate = '']) => {
    const { add, sub, mul, divByRoot, square, sqrt, number, assign } = arithmetic(graph)
    if (sum === undefined) throw new Error('Adagrad needs a slot.')
    const next = add(sum.value, square(gradient))
    const scaled = divByRoot(mul(gradient, rate), sqrt(add(next, number(epsilon))))
    return [assign(sum.variable, next, []), assign(variable, sub(value, scaled), [])]
  },
}

/** m += (g − m)(1 − β₁), v += (g² − v)(1 − β₂); the assignments are among the nodes. */
function moments(graph: Graph, { gradient, slots: [mean, spread] }: WeightNodes) {
  const { add, sub, mul, square, number, assign } = arithmetic(graph)
  if (mean === undefined || spread === undefined) throw new Error('Adam needs two slots.')
  const nextMean = add(mean.value, mul(sub(gradient, mean.value), number(1 - beta1)))
  const nextSpread = add(spread.value, mul(sub(square(gradient), spread.value), number(1 - beta2)))
  const assigned = [assign(mean.variable, nextMean, []), assign(spread.variable, nextSpread, [])]
  return { mean: nextMean, spread: nextSpread, assigned }
}

const adam: Rule = {
  numberCount: 1,
  numbers: ({ step }, learningRate) => [
    (learningRate * Math.sqrt(1 - Math.pow(beta2, step + 1))) / (1 - Math.pow(beta1, step + 1)),
  ],
  update: (graph, weight, [rate = '']) => {
    const { add, sub, mul, div, sqrt, number, assign } = arithmetic(graph)
    const { mean, spread, assigned } = moments(graph, weight)
    const change = div(mul(mean, rate), add(sqrt(spread), number(epsilon)))
    return [...assigned, assign(weight.variable, sub(weight.value, change), [])]
  },
}

/** With powers of zero the kernel takes the learning rate as it is: the bias correction is in it, in double precision. */
const fusedAdam: Rule = {
  numberCount: 1,
  numbers: ({ step }, learningRate) => [
    (learningRate * Math.sqrt(1 - Math.pow(fusedBeta2, step + 1))) / (1 - Math.pow(fusedBeta1, step + 1)),
  ],
  update: (graph, { variable, value, gradient, slots: [mean, spread] }, [rate = '']) => {
    if (mean === undefined || spread === undefined) throw new Error('Adam needs two slots.')
    const number = (constant: number) => floatConstant(graph, constant)
    return [
      graph.add(
        'ResourceApplyAdam',
        [
          variable,
          mean.variable,
          spread.variable,
          number(0),
          number(0),
          rate,
          number(beta1),
          number(beta2),
          number(epsilon),
          gradient,
        ],
        { T: floatType },
        [nodeOf(value)],
      ),
    ]
  },
}

const nadam: Rule = {
  numberCount: 4,
  numbers: ({ step: taken, product: before }, learningRate) => {
    const step = taken + 1
    const schedule = nadamMomentum(step)
    const nextSchedule = nadamMomentum(step + 1)
    const product = before * schedule
    return [
      nextSchedule / (1 - product * nextSchedule),
      (1 - schedule) / (1 - product),
      1 - Math.pow(beta2, step),
      learningRate,
    ]
  },
  update: (graph, weight, [meanShare = '', gradientShare = '', correction = '', rate = '']) => {
    const { add, sub, mul, div, sqrt, number, assign } = arithmetic(graph)
    const { mean, spread, assigned } = moments(graph, weight)
    const corrected = add(mul(mean, meanShare), mul(weight.gradient, gradientShare))
    const deviation = sqrt(div(spread, correction))
    const change = div(mul(corrected, rate), add(deviation, number(epsilon)))
    return [...assigned, assign(weight.variable, sub(weight.value, change), [])]
  },
}

function nodeOf(value: string): string {
  return value.split(':')[0] as string
}
