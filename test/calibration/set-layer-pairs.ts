import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Layer } from '@samepoint/shared-protocol';
import * as z from 'zod';
import { evenSubsample } from '../../daemon/src/eval/datasets/dataset.js';
import { decodeImage } from '../../daemon/src/images/decode.js';
import { union } from '../../daemon/src/transfer/transforms/boxes.js';
import type { LayerPair, LayerScreen } from './layer-pair.js';

const boxSchema = z
  .tuple([z.number(), z.number(), z.number(), z.number()])
  .transform(([x, y, w, h]) => ({ x, y, w, h }))
  .nullable();

const sizeSchema = z.tuple([z.number(), z.number()]);
const wordsSchema = z.object({ source: z.string().nullable(), target: z.string().nullable() });

/** A line of `pairs.jsonl`, see training/README.md. Other fields are ignored. */
const lineSchema = z.object({
  id: z.string(),
  source: z.string(),
  target: z.string(),
  change: z.array(z.string()),
  sourceSize: sizeSchema,
  targetSize: sizeSchema,
  elements: z.array(
    z.object({ id: z.string(), type: z.string(), source: boxSchema, target: boxSchema, words: wordsSchema.optional() }),
  ),
});
type Line = z.infer<typeof lineSchema>;
type Side = 'source' | 'target';

/** The id of the frame itself. */
const SCREEN = 'screen';

/** Layer types in a design tool; a word is not a layer. */
const TYPES: { readonly [type: string]: string } = {
  text: 'TEXT',
  icon: 'VECTOR',
  image: 'RECTANGLE',
  box: 'FRAME',
  control: 'INSTANCE',
};

/** The file with the elements. */
const LAYERS = 'pairs.jsonl';

/** The source of every third pair is also matched to the target of the next one. */
const ANOTHER_EVERY = 3;

/** True for a generated set, false for a folder of points. */
export function hasLayers(folder: string): boolean {
  return existsSync(join(folder, LAYERS));
}

/**
 * How elements become layers, none of them with a name: `flat` with type and box only; `nested` as in a design tool, with the
 * characters of texts, in the frames of their components; `alternating`, either form for two pairs in turn.
 */
type LayerForm = 'flat' | 'nested' | 'alternating';

/** Consecutive pairs with the same structure, so that each half of the pairs has both. */
const TURN = 2;

/** @param limit of pairs, an even subsample */
export async function* setLayerPairs(folder: string, limit: number, form: LayerForm): AsyncGenerator<LayerPair> {
  const lines = (await readFile(join(folder, LAYERS), 'utf8')).split('\n').filter((line) => line !== '');
  const chosen = evenSubsample(lines, limit).map((line) => lineSchema.parse(JSON.parse(line)));
  for (const [n, line] of chosen.entries()) {
    const isNested = form === 'nested' || (form === 'alternating' && Math.floor(n / TURN) % 2 === 1);
    const screen = async (of: Line, side: Side): Promise<LayerScreen> => ({
      image: await decodeImage(await readFile(join(folder, of[side])), of[side]),
      layers: isNested ? nestedLayersOf(of, side) : layersOf(of, side),
    });
    const kind = isNested ? 'set, nested' : 'set';
    const source = await screen(line, 'source');
    const target = await screen(line, 'target');
    yield { name: line.id, change: `${kind}: ${line.change[0] ?? 'same'}`, source, target, truth: truthOf(line) };
    const other = chosen[(n + 1) % chosen.length];
    if (n % ANOTHER_EVERY !== 0 || other === undefined || other === line) continue;
    const elsewhere = await screen(other, 'target');
    const truth = nowhere(line, other);
    yield { name: `${line.id} in ${other.id}`, change: `${kind}: another screen`, source, target: elsewhere, truth };
  }
}

function layersOf({ elements }: Line, side: Side): Layer[] {
  return elements.flatMap((element): Layer[] => {
    const [type, box] = [TYPES[element.type], element[side]];
    return type === undefined || box === null
      ? []
      : [{ layerId: element.id, parentId: SCREEN, type, name: '', box, candidate: true }];
  });
}

/** With the characters of texts, and a frame for each common prefix of ids: `settings0.setting3` around its icon. */
function nestedLayersOf(line: Line, side: Side): Layer[] {
  const words = new Map(line.elements.map(({ id, words }) => [id, words?.[side] ?? undefined]));
  const frames = new Map<string, Layer>();
  const layers = layersOf(line, side).map((layer) => {
    const text = words.get(layer.layerId);
    const own = { ...layer, parentId: frameOf(line, layer.layerId), ...(text === undefined ? {} : { text }) };
    for (let id = own.parentId; id !== SCREEN; id = frameOf(line, id)) {
      const box = union(frames.get(id)?.box ?? layer.box, layer.box);
      frames.set(id, { layerId: id, parentId: frameOf(line, id), type: 'FRAME', name: '', box, candidate: true });
    }
    return own;
  });
  const [w, h] = line[`${side}Size`];
  const screen = { layerId: SCREEN, type: 'FRAME', name: '', box: { x: 0, y: 0, w, h }, candidate: true };
  return [screen, ...frames.values(), ...layers];
}

/** The id without its last part. */
function frameOf(line: Line, id: string): string {
  const end = id.lastIndexOf('.');
  return end > line.id.length ? id.slice(0, end) : SCREEN;
}

function truthOf(line: Line): Map<string, string | null> {
  const there = new Set(layersOf(line, 'target').map(({ layerId }) => layerId));
  return new Map(layersOf(line, 'source').map(({ layerId }) => [layerId, there.has(layerId) ? layerId : null]));
}

/** Excludes components of both screens, which may have counterparts. */
function nowhere(line: Line, other: Line): Map<string, null> {
  const shared = new Set(other.elements.map(({ id }) => componentOf(other, id)));
  const absent = layersOf(line, 'source').filter(({ layerId }) => !shared.has(componentOf(line, layerId)));
  return new Map(absent.map(({ layerId }) => [layerId, null]));
}

/** `settings` for `train-1-42.settings0.setting3.icon`. */
function componentOf(line: Line, elementId: string): string {
  const [component = ''] = elementId.slice(line.id.length + 1).split('.', 1);
  return component.replace(/\d+$/, '');
}
