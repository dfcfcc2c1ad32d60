import { seededRandom } from '../../daemon/test/support/random.js';
import { DARK, LIGHT } from '../figma-host/documents/theme.js';
import { MOST_ROWS, ROW_LAYOUTS, type RowVersion } from './draw-rows.js';
import { drawScreen } from './draw-screen.js';
import type { LayerPair, LayerScreen } from './layer-pair.js';
import { layersByPath } from './screen-layers.js';

/** Pixels per unit of the screen. */
const SCALE = 1.5;

const WIDTHS = [375, 390, 430] as const;

/** A row in the key of a shape: `list/row-3`. */
const ROW = /^list\/row-\d+/;

type RowChange = (contents: readonly number[], random: () => number) => number[];

const shuffled: RowChange = (contents, random) =>
  contents
    .map((content) => ({ content, order: random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ content }) => content);

const without: RowChange = (contents, random) => {
  const dropped = 1 + Math.floor(random() * (contents.length - 2));
  return contents.filter((_, place) => place !== dropped);
};

/** A row with contents of its own, so that there are as many rows as before if one is dropped. */
const withNew: RowChange = (contents, random) => {
  const at = Math.floor(random() * (contents.length + 1));
  return [...contents.slice(0, at), MOST_ROWS - 1, ...contents.slice(at)];
};

const CHANGES: { readonly [change: string]: RowChange } = {
  'rows dropped': without,
  'rows inserted': withNew,
  'rows re-sorted': shuffled,
  'rows exchanged': (contents, random) => withNew(without(contents, random), random),
  'rows dropped and re-sorted': (contents, random) => shuffled(without(contents, random), random),
};

/** A pair of screens with rows. */
export interface RowPair extends LayerPair {
  /** The layers in one row of the source, and the row: one without a counterpart, if there is one. */
  annotated: readonly string[];
}

/**
 * Lists, tables and grids of alike rows with a unique text in each, whose rows are dropped, inserted, exchanged or re-sorted.
 * Every other target has another theme and another width, and every other two have machine names.
 * @param count number of screens, each with every change; equal counts give equal pairs
 */
export async function* rowLayerPairs(count: number): AsyncGenerator<RowPair> {
  for (let seed = 0; seed < count; seed++) {
    const random = seededRandom(seed);
    const contents = Array.from({ length: 5 + (seed % 4) }, (_, content) => content);
    const source = await rowScreen(seed, { contents, width: WIDTHS[0] }, false);
    for (const [n, [change, apply]] of Object.entries(CHANGES).entries()) {
      const width = WIDTHS[(n + seed) % 2 === 0 ? 0 : 1 + (seed % 2)] ?? WIDTHS[0];
      const kept = apply(contents, random);
      const target = await rowScreen(seed, { contents: kept, width }, (n + seed) % 2 === 1, seed % 4 < 2);
      const ids = new Set(target.layers.map(({ layerId }) => layerId));
      const truth = new Map(source.layers.map(({ layerId: id }) => [id, ids.has(id) ? id : null]));
      const row = `list/row-${contents.find((content) => !kept.includes(content)) ?? 1}`;
      const annotated = source.layers.flatMap(({ layerId }) => (rowOf(layerId) === row ? [layerId] : []));
      yield { name: `${change} ${seed}`, change, source, target, truth, annotated };
    }
  }
}

/** The row that a layer is or lies in; null outside all rows. */
export function rowOf(layerId: string): string | null {
  return ROW.exec(layerId)?.[0] ?? null;
}

async function rowScreen(seed: number, version: RowVersion, dark: boolean, named = true): Promise<LayerScreen> {
  const layout = ROW_LAYOUTS[seed % ROW_LAYOUTS.length];
  if (layout === undefined) throw new Error('every seed has a layout');
  const screen = layout(seed, version);
  const view = { x: 0, y: 0, width: screen.width, height: screen.height };
  return {
    image: await drawScreen(screen, dark ? DARK : LIGHT, view, SCALE),
    layers: layersByPath(screen, SCALE, named),
  };
}
