import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Layer } from '@samepoint/shared-protocol';
import * as z from 'zod';
import { spread } from '../../daemon/src/eval/spread.js';
import { decodeImage } from '../../daemon/src/images/decode.js';
import type { LayerPair, LayerScreen } from './layer-pair.js';

const boxSchema = z
  .tuple([z.number(), z.number(), z.number(), z.number()])
  .transform(([x, y, w, h]) => ({ x, y, w, h }))
  .nullable();

/** A line of `pairs.jsonl` as training/README.md says it; what is not needed here is not looked at. */
const lineSchema = z.object({
  id: z.string(),
  source: z.string(),
  target: z.string(),
  change: z.array(z.string()),
  elements: z.array(z.object({ id: z.string(), type: z.string(), source: boxSchema, target: boxSchema })),
});
type Line = z.infer<typeof lineSchema>;

/** Kinds of layers that a design tool would have; a word alone is none. */
const TYPES: { readonly [type: string]: string } = {
  text: 'TEXT',
  icon: 'VECTOR',
  image: 'RECTANGLE',
  box: 'FRAME',
  control: 'INSTANCE',
};

/** The file that tells elements. */
const LAYERS = 'pairs.jsonl';

/** Every so many pairs, the source is also looked for in the target of the next one. */
const ANOTHER_EVERY = 3;

/** A generated set does, a folder of points does not. */
export function knowsLayers(folder: string): boolean {
  return existsSync(join(folder, LAYERS));
}

/**
 * Pairs of a generated set whose elements are taken for layers with a type and a box, without names and words.
 * @param limit of pairs, evenly spread
 */
export async function* setLayerPairs(folder: string, limit: number): AsyncGenerator<LayerPair> {
  const lines = (await readFile(join(folder, LAYERS), 'utf8')).split('\n').filter((line) => line !== '');
  const chosen = spread(lines, limit).map((line) => lineSchema.parse(JSON.parse(line)));
  for (const [n, line] of chosen.entries()) {
    const image = async (file: string) => decodeImage(await readFile(join(folder, file)), file);
    const source = { image: await image(line.source), layers: layersOf(line, 'source') };
    const target = { image: await image(line.target), layers: layersOf(line, 'target') };
    yield { name: line.id, change: `set: ${line.change[0] ?? 'same'}`, source, target, truth: truthOf(line) };
    const other = chosen[(n + 1) % chosen.length];
    if (n % ANOTHER_EVERY !== 0 || other === undefined || other === line) continue;
    const elsewhere: LayerScreen = { image: await image(other.target), layers: layersOf(other, 'target') };
    const truth = nowhere(line, other);
    yield { name: `${line.id} in ${other.id}`, change: 'set: another screen', source, target: elsewhere, truth };
  }
}

function layersOf({ elements }: Line, side: 'source' | 'target'): Layer[] {
  return elements.flatMap((element): Layer[] => {
    const [type, box] = [TYPES[element.type], element[side]];
    return type === undefined || box === null
      ? []
      : [{ layerId: element.id, parentId: 'screen', type, name: '', box, candidate: true }];
  });
}

function truthOf(line: Line): Map<string, string | null> {
  const there = new Set(layersOf(line, 'target').map(({ layerId }) => layerId));
  return new Map(layersOf(line, 'source').map(({ layerId }) => [layerId, there.has(layerId) ? layerId : null]));
}

/** Components that both screens have may have counterparts. */
function nowhere(line: Line, other: Line): Map<string, null> {
  const shared = new Set(other.elements.map(({ id }) => componentOf(other, id)));
  const asked = layersOf(line, 'source').filter(({ layerId }) => !shared.has(componentOf(line, layerId)));
  return new Map(asked.map(({ layerId }) => [layerId, null]));
}

/** `settings` of `train-1-42.settings0.setting3.icon`. */
function componentOf(line: Line, elementId: string): string {
  const [component = ''] = elementId.slice(line.id.length + 1).split('.', 1);
  return component.replace(/\d+$/, '');
}
