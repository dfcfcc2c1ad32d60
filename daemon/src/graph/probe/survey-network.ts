import type { InputShape, Wiring } from '../compile.js';
import { type Attribute, GraphBuilder, type Value } from '../onnx/graph-builder.js';

/** Weights and cost of a network, found by wiring it without a checkpoint. */
export interface NetworkSurvey {
  /** Shape of every weight, by its name. */
  weights: ReadonlyMap<string, readonly number[]>;
  /** Multiply-accumulates of convolutions, matrix products and attention. */
  macs: number;
}

/** Wires a network against a checkpoint that has every requested tensor. */
export function surveyNetwork<Name extends string>(
  inputs: Record<Name, InputShape>,
  wire: Wiring<Name>,
): NetworkSurvey {
  const b = new SurveyBuilder();
  const values = Object.fromEntries(
    Object.entries<InputShape>(inputs).map(([name, { dims }]) => [name, b.input(name, dims)]),
  ) as Record<Name, Value>;
  wire(b, values);
  return { weights: b.weights, macs: b.macs };
}

class SurveyBuilder extends GraphBuilder {
  readonly weights = new Map<string, readonly number[]>();
  macs = 0;

  override hasWeight(): boolean {
    return false;
  }

  override weight(name: string, expected: readonly number[]): Value {
    this.weights.set(name, expected);
    return { name, dims: expected };
  }

  override nodes(
    opType: string,
    inputs: readonly Value[],
    outputDims: readonly Value['dims'][],
    attributes: Record<string, Attribute> = {},
  ): Value[] {
    const [first = [], second = []] = inputs.map(({ dims }) => dims.map(Number));
    const [output = []] = outputDims.map((dims) => dims.map(Number));
    this.macs += macsOf(opType, first, second, output);
    return super.nodes(opType, inputs, outputDims, attributes);
  }
}

function macsOf(opType: string, first: number[], second: number[], output: number[]): number {
  switch (opType) {
    case 'Conv': // weights (out, in, k, k)
      return size(output) * size(second.slice(1));
    case 'Gemm':
    case 'MatMul': // (…, n, k) × (…, k, m)
      return size(output) * (first.at(-1) ?? 0);
    case 'com.microsoft.MultiHeadAttention': // queries (1, n, c), keys (1, m, c): scores, then weighted values
      return 2 * size(first) * (second[1] ?? 0);
    default:
      return 0;
  }
}

function size(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}
