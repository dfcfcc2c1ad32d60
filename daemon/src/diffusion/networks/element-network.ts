import { SamepointError } from '@samepoint/shared-protocol';
import { type CompiledNetwork, compile } from '../../graph/compile.js';
import { readConfig } from '../../graph/config.js';
import {
  type ElementMatcherConfig,
  elementMatcher,
  elementMatcherConfigSchema,
} from '../../graph/networks/element-matcher.js';
import type { NdArray } from '../../graph/runtime/run.js';
import type { GraphTarget } from '../../graph/runtime/runtime.js';
import { weightCount } from '../../graph/weights/checkpoint.js';
import { readSafetensorsHeader } from '../../graph/weights/safetensors.js';
import { type ModelFiles, requireFile } from './model-files.js';
import { graphKey, type NetworkPool } from './network-pool.js';

const CONFIG = 'elements.json';
const WEIGHTS = 'elements.safetensors';

/** Elements are filled up to this, or to twice as many as often as it takes: few graphs serve all numbers of them. */
const FEWEST_ELEMENTS = 64;

/** Added to the scores of what only fills up; fits into half precision. */
const HIDDEN = -1e4;

/** Elements of one picture, one after another; at least one. */
export interface Elements {
  count: number;
  /** (count, columnChannels), of unit length. */
  descriptors: Float32Array;
  /** (count, geometryChannels): where each lies. */
  geometry: Float32Array;
  /** (count): similarities to the dustbin of the feature network. */
  dustbin: Float32Array;
}

/** Logits of which elements of two pictures are the same. */
export interface ElementLogits {
  /** For each of the one picture a row over those of the other. */
  rows: Float32Array[];
  /** Of having no counterpart, for the elements of the first and of the second image. */
  dustbin: Float32Array;
  otherDustbin: Float32Array;
}

/** Matches elements of two pictures by the features of one network. */
export interface ElementMatching {
  /** @throws SamepointError `MODEL_INVALID` */
  match(source: Elements, target: Elements): Promise<ElementLogits>;
}

/** The matcher of elements that belongs to the embedded network's features. */
export class ElementNetwork implements ElementMatching {
  readonly #files: ModelFiles;
  readonly #pool: NetworkPool;

  constructor(files: ModelFiles, pool: NetworkPool) {
    this.#files = files;
    this.#pool = pool;
  }

  /** @returns undefined where the model has none */
  static of(files: ModelFiles, pool: NetworkPool): ElementNetwork | undefined {
    return files.has(WEIGHTS) ? new ElementNetwork(files, pool) : undefined;
  }

  async match(source: Elements, target: Elements): Promise<ElementLogits> {
    const [n, m] = [filledUp(source), filledUp(target)];
    const checkpoint = readSafetensorsHeader(requireFile(this.#files, WEIGHTS));
    const config = readConfig(requireFile(this.#files, CONFIG), elementMatcherConfigSchema);
    const { logits, none, otherNone } = await this.#pool.run(
      {
        key: graphKey('elements', checkpoint, config, n, m),
        weights: weightCount(checkpoint),
        compileAt: (graphTarget) => compileElementMatcher(this.#files, n, m, graphTarget),
      },
      { ...feeds('', source, n, config), ...feeds('other_', target, m, config) },
    );
    if (logits === undefined || none === undefined || otherNone === undefined)
      throw new Error('the matcher gives logits');
    if (![logits, none, otherNone].every(({ data }) => data.every(Number.isFinite))) {
      throw unfit('gives logits that are no numbers');
    }
    return {
      rows: Array.from({ length: source.count }, (_, row) => logits.data.subarray(row * m, row * m + target.count)),
      dustbin: none.data.subarray(0, source.count),
      otherDustbin: otherNone.data.subarray(0, target.count),
    };
  }
}

/**
 * The matcher of elements (`elements.json`, `elements.safetensors`): inputs `columns`, `geometry`, `no_counterpart` and `mask`, and the same
 * with `other_` before; outputs `logits`, `none` and `otherNone`.
 * @param n elements of the one picture
 * @param m elements of the other
 * @throws SamepointError `MODEL_INVALID`
 */
export function compileElementMatcher(files: ModelFiles, n: number, m: number, target?: GraphTarget): CompiledNetwork {
  const checkpoint = readSafetensorsHeader(requireFile(files, WEIGHTS));
  const config = readConfig(requireFile(files, CONFIG), elementMatcherConfigSchema);
  const inputs = {
    columns: { dims: [n, config.columnChannels] },
    geometry: { dims: [n, config.geometryChannels] },
    no_counterpart: { dims: [n, 1] },
    mask: { dims: [1, n] },
    other_columns: { dims: [m, config.columnChannels] },
    other_geometry: { dims: [m, config.geometryChannels] },
    other_no_counterpart: { dims: [m, 1] },
    other_mask: { dims: [1, m] },
  };
  return compile(
    checkpoint,
    inputs,
    (b, at) => {
      const source = { columns: at.columns, geometry: at.geometry, none: at.no_counterpart, mask: at.mask };
      const other = {
        columns: at.other_columns,
        geometry: at.other_geometry,
        none: at.other_no_counterpart,
        mask: at.other_mask,
      };
      return { ...elementMatcher(b, source, other, config) };
    },
    target,
  );
}

function filledUp({ count }: Elements): number {
  return FEWEST_ELEMENTS * 2 ** Math.ceil(Math.log2(Math.max(1, count / FEWEST_ELEMENTS)));
}

function feeds(
  prefix: string,
  { count, descriptors, geometry, dustbin }: Elements,
  length: number,
  { columnChannels, geometryChannels }: ElementMatcherConfig,
): Record<string, NdArray> {
  return {
    [`${prefix}columns`]: filled(descriptors, count, [length, columnChannels]),
    [`${prefix}geometry`]: filled(geometry, count, [length, geometryChannels]),
    [`${prefix}no_counterpart`]: filled(dustbin, count, [length, 1]),
    [`${prefix}mask`]: { dims: [1, length], data: new Float32Array(length).fill(HIDDEN, count) },
  };
}

function filled(values: Float32Array, count: number, dims: readonly [number, number]): NdArray {
  const [, channels] = dims;
  if (values.length !== count * channels) {
    throw unfit(`takes ${channels} numbers of an element where the features have ${values.length / count}`);
  }
  const data = new Float32Array(dims[0] * dims[1]);
  data.set(values);
  return { dims, data };
}

function unfit(reason: string): SamepointError {
  return new SamepointError(
    'MODEL_INVALID',
    `The matcher of elements (${WEIGHTS}) does not belong to its features: it ${reason}.`,
    'Train it anew on these features, or install Samepoint again.',
  );
}
