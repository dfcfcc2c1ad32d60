import type { Value } from '../../graph/onnx/graph-builder.js';
import type { NdArray } from '../../graph/runtime/run.js';

/** The outputs of a graph that is cut after several blocks, by name; in the order of `blocks`. */
export function nameBlocks(blocks: readonly number[], maps: readonly Value[]): Record<string, Value> {
  return Object.fromEntries(maps.map((map, n) => [outputName(blocks[n]), map]));
}

/** What a run of such a graph gave, in the order of `blocks`. */
export function featuresOf(blocks: readonly number[], outputs: Readonly<Record<string, NdArray>>): NdArray[] {
  return blocks.map((block) => {
    const map = outputs[outputName(block)];
    if (map === undefined) throw new Error(`the network gives features of block ${block}`);
    return map;
  });
}

function outputName(block: number | undefined): string {
  return `features_${block}`;
}
