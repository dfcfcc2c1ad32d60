import * as z from 'zod';
import { eps, size, temperature } from '../config.js';
import type { GraphBuilder, Value } from '../onnx/graph-builder.js';
import { add, multiply, reshape, split, transpose } from '../onnx/ops.js';
import { activate, layerNorm, linearRows, maskedAttention, matrixDims, namesUnder } from '../onnx/transformer-ops.js';

/** `elements.json` beside the embedded model's weights. */
export const elementMatcherConfigSchema = z.object({
  network: z.literal('element-matcher'),
  columnChannels: size,
  geometryChannels: size,
  width: size,
  heads: size,
  layers: size,
  normEps: eps,
  temperature,
});
export type ElementMatcherConfig = z.infer<typeof elementMatcherConfigSchema>;

/** The elements of one picture, one a row; those that only fill up are masked. */
export interface ElementInputs {
  /** (n, columnChannels), of unit length */
  columns: Value;
  /** (n, geometryChannels); the first two are the centre */
  geometry: Value;
  /** (n, 1): similarities with "no counterpart" as the feature network has them */
  none: Value;
  /** (1, n): 0, or what hides those that only fill up from attention */
  mask: Value;
}

/** What is known of a picture's elements on their way through the layers; `none` are logits here. */
interface Tokens extends ElementInputs {
  /** (n, width) */
  state: Value;
  rotation: Rotation;
}

/** Cosines and sines (n, 1, headChannels / 2) of the angles by which queries and keys are turned. */
interface Rotation {
  cos: Value;
  sin: Value;
}

/** Which elements of two pictures are the same, as logits. */
interface Assignment {
  /** (n, m) */
  logits: Value;
  /** (n, 1) */
  none: Value;
  /** (m, 1) */
  otherNone: Value;
}

/**
 * Matches the elements of two pictures, in the manner of SuperGlue (Sarlin et al., 2020) and LightGlue (Lindenberger et al.,
 * 2023): layers of attention within each picture, with rotary positions, and across. What is new is that each layer is told where
 * in the other picture its elements are expected so far: the geometry of the others, weighed by how likely they are the same.
 * So a row finds its place by the words in it that were recognised.
 * @returns logits (n, m) of being the same, and (n, 1) and (m, 1) of having no counterpart
 */
export function elementMatcher(
  b: GraphBuilder,
  source: ElementInputs,
  target: ElementInputs,
  config: ElementMatcherConfig,
): Assignment {
  const wiring = new ElementMatcherWiring(b, config);
  const looks = wiring.looks(source, target);
  let [here, there] = [wiring.tokens(source), wiring.tokens(target)];
  let assignment: Assignment = { logits: looks, none: here.none, otherNone: there.none };
  for (let layer = 0; layer < config.layers; layer++) {
    const prefix = `layers.${layer}`;
    [here, there] = wiring.expect(here, there, assignment, prefix);
    [here, there] = [wiring.within(here, prefix), wiring.within(there, prefix)];
    [here, there] = wiring.across(here, there, prefix);
    assignment = wiring.assign(here, there, looks, prefix);
  }
  return assignment;
}

class ElementMatcherWiring {
  readonly #b: GraphBuilder;
  readonly #config: ElementMatcherConfig;

  constructor(b: GraphBuilder, config: ElementMatcherConfig) {
    this.#b = b;
    this.#config = config;
  }

  /** Cosine similarities as logits, (n, m). */
  looks(source: ElementInputs, target: ElementInputs): Value {
    return this.#asLogits(this.#products(source.columns, target.columns));
  }

  tokens(inputs: ElementInputs): Tokens {
    const { geometry, columns } = inputs;
    const hidden = activate(this.#b, this.#linear(geometry, 'geometry_1'), 'gelu');
    const state = add(this.#b, this.#linear(columns, 'appearance'), this.#linear(hidden, 'geometry_2'));
    return { ...inputs, none: this.#asLogits(inputs.none), state, rotation: this.#rotation(geometry) };
  }

  /** Each learns where it is expected in the other picture. */
  expect(here: Tokens, there: Tokens, { logits, none, otherNone }: Assignment, prefix: string): [Tokens, Tokens] {
    const back = transpose(this.#b, logits, [1, 0]);
    return [this.#expectOne(here, there, logits, none, prefix), this.#expectOne(there, here, back, otherNone, prefix)];
  }

  /** Attention among the elements of one picture. */
  within(tokens: Tokens, prefix: string): Tokens {
    const { width } = this.#config;
    const [queries, keys, values] = split(this.#b, this.#linear(tokens.state, `${prefix}.within_qkv`, 3 * width), 1, 3);
    if (queries === undefined || keys === undefined || values === undefined) throw new Error('there are three parts');
    const turned = { queries: this.#turn(queries, tokens), keys: this.#turn(keys, tokens), values };
    return this.#attended(tokens, turned, tokens.mask, `${prefix}.within`);
  }

  /** Attention of each to the elements of the other picture; queries of the one are keys of the other. */
  across(here: Tokens, there: Tokens, prefix: string): [Tokens, Tokens] {
    const keysOf = ({ state }: Tokens) => this.#linear(state, `${prefix}.across_qk`);
    const valuesOf = ({ state }: Tokens) => this.#linear(state, `${prefix}.across_v`);
    const [keys, otherKeys] = [keysOf(here), keysOf(there)];
    const [values, otherValues] = [valuesOf(here), valuesOf(there)];
    const to = { queries: keys, keys: otherKeys, values: otherValues };
    const back = { queries: otherKeys, keys, values };
    return [
      this.#attended(here, to, there.mask, `${prefix}.across`),
      this.#attended(there, back, here.mask, `${prefix}.across`),
    ];
  }

  assign(here: Tokens, there: Tokens, looks: Value, prefix: string): Assignment {
    const project = ({ state }: Tokens) => this.#linear(state, `${prefix}.project`);
    const learned = multiply(this.#b, this.#products(project(here), project(there)), this.#scalar(`${prefix}.gain`));
    const logits = add(this.#b, multiply(this.#b, looks, this.#scalar(`${prefix}.looks`)), learned);
    const none = ({ state, none }: Tokens) =>
      add(
        this.#b,
        this.#linear(state, `${prefix}.none`, 1),
        multiply(this.#b, none, this.#scalar(`${prefix}.looks_none`)),
      );
    return { logits, none: none(here), otherNone: none(there) };
  }

  #expectOne(here: Tokens, there: Tokens, logits: Value, none: Value, prefix: string): Tokens {
    const shares = this.#shares(add(this.#b, logits, there.mask), none);
    const [n] = matrixDims(shares);
    const [, channels] = matrixDims(there.geometry);
    const where = this.#b.node('MatMul', [shares, there.geometry], [n, channels]);
    const sum = this.#b.node('ReduceSum', [shares, this.#b.int64(1)], [n, 1]);
    const expected = this.#beside(where, sum);
    return this.#mixed(here, this.#linear(expected, `${prefix}.expected`), `${prefix}.expect`);
  }

  /** Softmax of each row over the others and "no counterpart", of which the share is dropped. */
  #shares(logits: Value, none: Value): Value {
    const [n, m] = matrixDims(logits);
    return this.#b.inFloat32([logits, none], (wideLogits, wideNone) => {
      const all = this.#beside(wideLogits, wideNone);
      const shares = this.#b.node('Softmax', [all], all.dims, { axis: { int: 1 } });
      return this.#b.node('Slice', [shares, this.#b.int64(0), this.#b.int64(m), this.#b.int64(1)], [n, m]);
    });
  }

  #attended(
    tokens: Tokens,
    operands: { queries: Value; keys: Value; values: Value },
    mask: Value,
    prefix: string,
  ): Tokens {
    const attended = maskedAttention(this.#b, operands, { heads: this.#config.heads, mask });
    return this.#mixed(tokens, this.#linear(attended, `${prefix}_out`), prefix);
  }

  /** state + mix_2(GELU(norm(mix_1(state, message)))) */
  #mixed(tokens: Tokens, message: Value, prefix: string): Tokens {
    const both = this.#beside(tokens.state, message);
    const wide = this.#linear(both, `${prefix}_mix_1`, 2 * this.#config.width);
    const normed = layerNorm(this.#b, wide, namesUnder(`${prefix}_norm`), this.#config.normEps);
    const mixed = this.#linear(activate(this.#b, normed, 'gelu'), `${prefix}_mix_2`);
    return { ...tokens, state: add(this.#b, tokens.state, mixed) };
  }

  #rotation(geometry: Value): Rotation {
    const [n] = matrixDims(geometry);
    const { width, heads } = this.#config;
    const half = width / heads / 2;
    const centre = this.#b.node('Slice', [geometry, this.#b.int64(0), this.#b.int64(2), this.#b.int64(1)], [n, 2]);
    const angles = linearRows(this.#b, centre, { weight: 'angles.weight' }, half);
    const dims = [n, 1, half];
    const spread = reshape(this.#b, angles, dims);
    return { cos: this.#b.node('Cos', [spread], dims), sin: this.#b.node('Sin', [spread], dims) };
  }

  /** Rotary positions (Su et al., RoFormer, 2021): the two halves of each head's channels are the coordinates that turn. */
  #turn(x: Value, { rotation: { cos, sin } }: Tokens): Value {
    const [n, width] = matrixDims(x);
    const half = width / this.#config.heads / 2;
    const dims = [n, this.#config.heads, 2 * half];
    const b = this.#b;
    const [first, second] = split(b, reshape(b, x, dims), 2, 2);
    if (first === undefined || second === undefined) throw new Error('there are two halves');
    const minus = b.node('Sub', [multiply(b, first, cos), multiply(b, second, sin)], first.dims);
    const plus = add(b, multiply(b, first, sin), multiply(b, second, cos));
    const turned = b.node('Concat', [minus, plus], dims, { axis: { int: 2 } });
    return reshape(b, turned, [n, width]);
  }

  /** x·yᵀ */
  #products(x: Value, y: Value): Value {
    const [[n], [m]] = [matrixDims(x), matrixDims(y)];
    return this.#b.node('MatMul', [x, transpose(this.#b, y, [1, 0])], [n, m]);
  }

  #linear(x: Value, prefix: string, outChannels: number = this.#config.width): Value {
    return linearRows(this.#b, x, namesUnder(prefix), outChannels);
  }

  #scalar(name: string): Value {
    return this.#b.weight(name, [1]);
  }

  #asLogits(similarities: Value): Value {
    return multiply(this.#b, similarities, this.#b.constant([1], Float32Array.of(1 / this.#config.temperature)));
  }

  #beside(x: Value, y: Value): Value {
    const [[n, left], [, right]] = [matrixDims(x), matrixDims(y)];
    return this.#b.node('Concat', [x, y], [n, left + right], { axis: { int: 1 } });
  }
}
