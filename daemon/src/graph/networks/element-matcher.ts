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

/** Elements of one image, one per row; padding is masked. */
export interface ElementInputs {
  /** (n, columnChannels), of unit length */
  descriptors: Value;
  /** (n, geometryChannels); the first two are the centre */
  geometry: Value;
  /** (n, 1): similarities to the dustbin of the feature network */
  dustbin: Value;
  /** (1, n): 0 for elements, a large negative score for padding */
  mask: Value;
}

/** State of an image's elements between layers; `dustbin` are logits here. */
interface Tokens extends ElementInputs {
  /** (n, width) */
  state: Value;
  rotation: Rotation;
}

/** Cosines and sines (n, 1, headChannels / 2) of the rotary angles of queries and keys. */
interface Rotation {
  cos: Value;
  sin: Value;
}

/** Logits of the matches between elements of two images. */
interface Assignment {
  /** (n, m) */
  logits: Value;
  /** (n, 1) */
  dustbin: Value;
  /** (m, 1) */
  otherDustbin: Value;
}

/**
 * Matches the elements of two images, after SuperGlue (Sarlin et al., 2020) and LightGlue (Lindenberger et al., 2023): layers of
 * self-attention with rotary positions, and of cross-attention. In addition, each layer first receives the expected geometry of
 * the match: that of all candidates, weighted by their current probabilities. So elements that match well locate their neighbours.
 * @returns logits (n, m) of matching, and (n, 1) and (m, 1) of the dustbin
 */
export function elementMatcher(
  b: GraphBuilder,
  source: ElementInputs,
  target: ElementInputs,
  config: ElementMatcherConfig,
): Assignment {
  const wiring = new ElementMatcherWiring(b, config);
  const similarity = wiring.similarity(source, target);
  let [here, there] = [wiring.tokens(source), wiring.tokens(target)];
  let assignment: Assignment = { logits: similarity, dustbin: here.dustbin, otherDustbin: there.dustbin };
  for (let layer = 0; layer < config.layers; layer++) {
    const prefix = `layers.${layer}`;
    [here, there] = wiring.expectation(here, there, assignment, prefix);
    [here, there] = [wiring.selfAttention(here, prefix), wiring.selfAttention(there, prefix)];
    [here, there] = wiring.crossAttention(here, there, prefix);
    assignment = wiring.assign(here, there, similarity, prefix);
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
  similarity(source: ElementInputs, target: ElementInputs): Value {
    return this.#asLogits(this.#products(source.descriptors, target.descriptors));
  }

  tokens(inputs: ElementInputs): Tokens {
    const { geometry, descriptors } = inputs;
    const hidden = activate(this.#b, this.#linear(geometry, 'geometry_1'), 'gelu');
    const state = add(this.#b, this.#linear(descriptors, 'appearance'), this.#linear(hidden, 'geometry_2'));
    return { ...inputs, dustbin: this.#asLogits(inputs.dustbin), state, rotation: this.#rotation(geometry) };
  }

  /** Adds the expected geometry of the match to each element. */
  expectation(
    here: Tokens,
    there: Tokens,
    { logits, dustbin, otherDustbin }: Assignment,
    prefix: string,
  ): [Tokens, Tokens] {
    const back = transpose(this.#b, logits, [1, 0]);
    return [
      this.#expectationOf(here, there, logits, dustbin, prefix),
      this.#expectationOf(there, here, back, otherDustbin, prefix),
    ];
  }

  /** Attention among the elements of one image. */
  selfAttention(tokens: Tokens, prefix: string): Tokens {
    const { width } = this.#config;
    const [queries, keys, values] = split(this.#b, this.#linear(tokens.state, `${prefix}.within_qkv`, 3 * width), 1, 3);
    if (queries === undefined || keys === undefined || values === undefined) throw new Error('Split has three outputs');
    const operands = { queries: this.#rotary(queries, tokens), keys: this.#rotary(keys, tokens), values };
    return this.#attended(tokens, operands, tokens.mask, `${prefix}.within`);
  }

  /** Attention to the elements of the other image. Queries of one image are the keys of the other. */
  crossAttention(here: Tokens, there: Tokens, prefix: string): [Tokens, Tokens] {
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

  assign(here: Tokens, there: Tokens, similarity: Value, prefix: string): Assignment {
    const project = ({ state }: Tokens) => this.#linear(state, `${prefix}.project`);
    const learned = multiply(this.#b, this.#products(project(here), project(there)), this.#scalar(`${prefix}.gain`));
    const logits = add(this.#b, multiply(this.#b, similarity, this.#scalar(`${prefix}.looks`)), learned);
    const dustbinOf = ({ state, dustbin }: Tokens) =>
      add(
        this.#b,
        this.#linear(state, `${prefix}.none`, 1),
        multiply(this.#b, dustbin, this.#scalar(`${prefix}.looks_none`)),
      );
    return { logits, dustbin: dustbinOf(here), otherDustbin: dustbinOf(there) };
  }

  #expectationOf(here: Tokens, there: Tokens, logits: Value, dustbin: Value, prefix: string): Tokens {
    const probabilities = this.#probabilities(add(this.#b, logits, there.mask), dustbin);
    const [n] = matrixDims(probabilities);
    const [, channels] = matrixDims(there.geometry);
    const mean = this.#b.node('MatMul', [probabilities, there.geometry], [n, channels]);
    const sum = this.#b.node('ReduceSum', [probabilities, this.#b.int64(1)], [n, 1]);
    const expected = this.#beside(mean, sum);
    return this.#ffn(here, this.#linear(expected, `${prefix}.expected`), `${prefix}.expect`);
  }

  /** Softmax of each row over all candidates and the dustbin, whose probability is dropped. */
  #probabilities(logits: Value, dustbin: Value): Value {
    const [n, m] = matrixDims(logits);
    return this.#b.inFloat32([logits, dustbin], (wideLogits, wideDustbin) => {
      const all = this.#beside(wideLogits, wideDustbin);
      const probabilities = this.#b.node('Softmax', [all], all.dims, { axis: { int: 1 } });
      return this.#b.node('Slice', [probabilities, this.#b.int64(0), this.#b.int64(m), this.#b.int64(1)], [n, m]);
    });
  }

  #attended(
    tokens: Tokens,
    operands: { queries: Value; keys: Value; values: Value },
    mask: Value,
    prefix: string,
  ): Tokens {
    const attended = maskedAttention(this.#b, operands, { heads: this.#config.heads, mask });
    return this.#ffn(tokens, this.#linear(attended, `${prefix}_out`), prefix);
  }

  /** state + mix_2(GELU(norm(mix_1(state, message)))) */
  #ffn(tokens: Tokens, message: Value, prefix: string): Tokens {
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

  /** Rotary positions (Su et al., RoFormer, 2021): rotates pairs of a head's channels, one from each half. */
  #rotary(x: Value, { rotation: { cos, sin } }: Tokens): Value {
    const [n, width] = matrixDims(x);
    const half = width / this.#config.heads / 2;
    const dims = [n, this.#config.heads, 2 * half];
    const b = this.#b;
    const [first, second] = split(b, reshape(b, x, dims), 2, 2);
    if (first === undefined || second === undefined) throw new Error('Split has two outputs');
    const minus = b.node('Sub', [multiply(b, first, cos), multiply(b, second, sin)], first.dims);
    const plus = add(b, multiply(b, first, sin), multiply(b, second, cos));
    const rotated = b.node('Concat', [minus, plus], dims, { axis: { int: 2 } });
    return reshape(b, rotated, [n, width]);
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
