import type { Shape } from '../../../common/graph/graph.ts'
import type { OptimizerSettings } from '../../../common/training/optimizer-settings.ts'
import { optimizerSettings } from '../../../common/training/optimizer-settings.ts'
import type { OptimizerType, Recipe } from '../../../common/training/recipe.ts'
import { nadamMomentum } from '../optimizers.ts'
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
  readonly shape: Shape
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
    maximum: binary('Maximum'),
    square: unary('Square'),
    sqrt: unary('Sqrt'),
    number: (value: number) => floatConstant(graph, value),
    assign: (variable: string, value: string, waitFor: readonly string[]) =>
      graph.add('AssignVariableOp', [variable, value], { dtype: floatType }, waitFor),
  }
}

/** With `isFused` a rule may use TensorFlow's own kernel for it: several times faster, rounded differently. */
export function optimizerNodes(recipe: Recipe['optimizer'], isFused: boolean): GraphOptimizer {
  const settings = optimizerSettings(recipe)
  const { weightDecay } = settings
  const rule = rules[recipe.type](settings, isFused)
  const advance = ({ step, product }: OptimizerMemory): OptimizerMemory => ({
    step: step + 1,
    product: product * nadamMomentum(settings.beta1, step + 1),
  })
  if (weightDecay === 0) return { ...rule, advance }
  return {
    numberCount: rule.numberCount + 1,
    numbers: (memory, learningRate) => [...rule.numbers(memory, learningRate), 1 - learningRate * weightDecay],
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

const rules: Readonly<Record<OptimizerType, (settings: OptimizerSettings, isFused: boolean) => Rule>> = {
  sgd: ({ momentum }, isFused) => (momentum > 0 ? momentumRule(momentum, false, isFused) : descent(isFused)),
  momentum: ({ momentum }, isFused) => momentumRule(momentum, false, isFused),
  nesterov: ({ momentum }, isFused) => momentumRule(momentum, true, isFused),
  rmsprop,
  adagrad,
  adam: (settings, isFused) => (isFused && !settings.amsgrad ? fusedAdam(settings) : adam(settings)),
  adamw: (settings, isFused) => (isFused && !settings.amsgrad ? fusedAdam(settings) : adam(settings)),
  nadam,
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
          graph.add(
            'ResourceApplyGradientDescent',
            [variable, rate, gradient],
            { T: floatType },
            whenRead(graph, value),
          ),
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
            whenRead(graph, value),
          ),
        ]
      const pull = mul(gradient, rate)
      const next = sub(mul(velocity.value, number(momentum)), pull)
      const change = isNesterov ? sub(mul(next, number(momentum)), pull) : next
      return [assign(velocity.variable, next, []), assign(variable, add(value, change), [])]
    },
  }
}

function rmsprop({ rho, momentum, epsilon, centered }: OptimizerSettings, isFused: boolean): Rule {
  return {
    ...onlyRate,
    update: (graph, { variable, value, shape, gradient, slots: [squares, ...others] }, [rate = '']) => {
      const { add, sub, mul, divByRoot, square, sqrt, number, assign } = arithmetic(graph)
      const velocity = momentum > 0 ? others.shift() : undefined
      const [mean] = others
      if (squares === undefined) throw new Error('RMSprop needs a slot.')
      if (isFused && velocity !== undefined && !centered)
        return [
          graph.add(
            'ResourceApplyRMSProp',
            [
              variable,
              squares.variable,
              velocity.variable,
              rate,
              number(rho),
              number(momentum),
              number(epsilon),
              gradient,
            ],
            { T: floatType },
            whenRead(graph, value),
          ),
        ]
      const moved = (before: string, what: string) => add(mul(before, number(rho)), mul(what, number(1 - rho)))
      const nextSquares = moved(squares.value, square(gradient))
      const assigned = [assign(squares.variable, nextSquares, [])]
      let variance = nextSquares
      if (centered) {
        if (mean === undefined) throw new Error('Centred RMSprop needs one slot more.')
        const nextMean = moved(mean.value, gradient)
        assigned.push(assign(mean.variable, nextMean, []))
        // Or TensorFlow would move the epsilon into the difference, which rounds differently.
        variance = graph.add('EnsureShape', [sub(nextSquares, square(nextMean))], {
          T: floatType,
          shape: { kind: 'shape', value: shape },
        })
      }
      const scaled = divByRoot(mul(gradient, rate), sqrt(add(variance, number(epsilon))))
      if (velocity === undefined) return [...assigned, assign(variable, sub(value, scaled), [])]
      const next = add(mul(velocity.value, number(momentum)), scaled)
      return [...assigned, assign(velocity.variable, next, []), assign(variable, sub(value, next), [])]
    },
  }
}

function adagrad({ epsilon }: OptimizerSettings): Rule {
  return {
    ...onlyRate,
    update: (graph, { variable, value, gradient, slots: [sum] }, [rate = '']) => {
      const { add, sub, mul, divByRoot, square, sqrt, number, assign } = arithmetic(graph)
      if (sum === undefined) throw new Error('Adagrad needs a slot.')
      const next = add(sum.value, square(gradient))
      const scaled = divByRoot(mul(gradient, rate), sqrt(add(next, number(epsilon))))
      return [assign(sum.variable, next, []), assign(variable, sub(value, scaled), [])]
    },
  }
}

/** m += (g − m)(1 − β₁), v += (g² − v)(1 − β₂); the assignments are among the nodes. */
function moments(graph: Graph, { gradient, slots: [mean, spread] }: WeightNodes, settings: OptimizerSettings) {
  const { add, sub, mul, square, number, assign } = arithmetic(graph)
  if (mean === undefined || spread === undefined) throw new Error('Adam needs two slots.')
  const nextMean = add(mean.value, mul(sub(gradient, mean.value), number(1 - settings.beta1)))
  const nextSpread = add(spread.value, mul(sub(square(gradient), spread.value), number(1 - settings.beta2)))
  const assigned = [assign(mean.variable, nextMean, []), assign(spread.variable, nextSpread, [])]
  return { mean: nextMean, spread: nextSpread, assigned }
}

/** The learning rate with the correction for the bias of both moments. */
function correctedRate(beta1: number, beta2: number): Pick<Rule, 'numberCount' | 'numbers'> {
  return {
    numberCount: 1,
    numbers: ({ step }, learningRate) => [
      (learningRate * Math.sqrt(1 - Math.pow(beta2, step + 1))) / (1 - Math.pow(beta1, step + 1)),
    ],
  }
}

function adam(settings: OptimizerSettings): Rule {
  return {
    ...correctedRate(settings.beta1, settings.beta2),
    update: (graph, weight, [rate = '']) => {
      const { add, sub, mul, div, sqrt, maximum, number, assign } = arithmetic(graph)
      const { mean, spread, assigned } = moments(graph, weight, settings)
      let divisor = spread
      if (settings.amsgrad) {
        const largest = weight.slots[2]
        if (largest === undefined) throw new Error('AMSGrad needs three slots.')
        divisor = maximum(largest.value, spread)
        assigned.push(assign(largest.variable, divisor, []))
      }
      const change = div(mul(mean, rate), add(sqrt(divisor), number(settings.epsilon)))
      return [...assigned, assign(weight.variable, sub(weight.value, change), [])]
    },
  }
}

/** With powers of zero the kernel takes the learning rate as it is: the bias correction is in it, in double precision. */
function fusedAdam({ beta1, beta2, epsilon }: OptimizerSettings): Rule {
  return {
    // The kernel subtracts rounded betas from one: its own betas are these.
    ...correctedRate(Math.fround(beta1), Math.fround(beta2)),
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
          whenRead(graph, value),
        ),
      ]
    },
  }
}

function nadam(settings: OptimizerSettings): Rule {
  const { beta1, beta2, epsilon } = settings
  return {
    numberCount: 4,
    numbers: ({ step: taken, product: before }, learningRate) => {
      const step = taken + 1
      const schedule = nadamMomentum(beta1, step)
      const nextSchedule = nadamMomentum(beta1, step + 1)
      const product = before * schedule
      return [
        nextSchedule / (1 - product * nextSchedule),
        (1 - schedule) / (1 - product),
        1 - Math.pow(beta2, step),
        learningRate,
      ]
    },
    update: (graph, weight, [meanShare = '', gradientShare = '', correction = '', rate = '']) => {
      const { add, mul, sub, div, sqrt, number, assign } = arithmetic(graph)
      const { mean, spread, assigned } = moments(graph, weight, settings)
      const corrected = add(mul(mean, meanShare), mul(weight.gradient, gradientShare))
      const deviation = sqrt(div(spread, correction))
      const change = div(mul(corrected, rate), add(deviation, number(epsilon)))
      return [...assigned, assign(weight.variable, sub(weight.value, change), [])]
    },
  }
}

/** What to wait for before a weight is written in place: while a node still reads it, TensorFlow writes a copy instead. */
function whenRead(graph: Graph, value: string): readonly string[] {
  return [nodeOf(value), ...graph.readersOf(value).map(nodeOf)]
}

function nodeOf(value: string): string {
  return value.split(':')[0] as string
}
