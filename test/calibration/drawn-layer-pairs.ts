import type { Box, Layer } from '@samepoint/shared-protocol';
import { overlapArea, union } from '../../daemon/src/transfer/transforms/boxes.js';
import type { View } from './draw-screen.js';
import { COMMON, type DrawnVersions, drawVersions } from './drawn-pairs.js';
import type { LayerPair, LayerScreen } from './layer-pair.js';
import type { Screen, Shape } from './screen-content.js';
import { TITLES } from './screen-content.js';
import { withReferences } from './with-references.js';

/** Distance in seeds to the pair that serves as another screen; its layout differs. */
const ANOTHER = 2;

/** A cropped shape with less than this visible share is not counted as a layer. */
const MIN_VISIBLE = 0.6;

const ROOT = 'screen';

/** A layer of one version, with the key that it shares with its counterpart. */
interface KeyedLayer {
  key: string;
  layer: Layer;
  /** Whether a crop leaves too little of it to count as present or absent. */
  ambiguous: boolean;
}

/**
 * Drawn screens with their layers, paired with another version of the screen, the same with other texts everywhere, the same
 * with other texts except in bars, and another screen, which shares only bars.
 * @param count number of screens; equal counts give equal pairs
 * @param components also each pair with the references of a design system
 */
export async function* drawnLayerPairs(count: number, components = false): AsyncGenerator<LayerPair> {
  for (let seed = 0; seed < count; seed++) {
    for (const pair of await pairsOf(seed)) {
      yield pair;
      if (components) yield withReferences(pair, (id) => id);
    }
  }
}

async function pairsOf(seed: number): Promise<LayerPair[]> {
  const own = await drawVersions(seed);
  const reworded = await drawVersions(seed, exchangeLetters);
  const refilled = await drawVersions(seed, (text) => (TITLES.includes(text) ? text : exchangeLetters(text)));
  const other = await drawVersions(seed + ANOTHER);
  return [
    pairOf(`drawn ${seed}`, 'drawn version', own, own, seed),
    pairOf(`drawn ${seed}, other words`, 'drawn, other words', own, reworded, seed),
    pairOf(`drawn ${seed}, other content`, 'drawn, other content', own, refilled, seed),
    pairOf(`drawn ${seed}, another screen`, 'another screen', own, other, seed),
  ];
}

function pairOf(name: string, change: string, from: DrawnVersions, to: DrawnVersions, seed: number): LayerPair {
  const source = layersOf(from.first.screen, from.first.view, from.first.scale, true);
  // every other target has machine names
  const target = layersOf(to.second.screen, to.second.view, to.second.scale, seed % 2 === 0);
  const isAnother = change === 'another screen';
  const idByKey = new Map(target.map(({ key, layer }) => [key, layer.layerId]));
  const ambiguous = new Set(target.filter((one) => one.ambiguous).map(({ key }) => key));
  const twins = twinsOf(from.first.screen);
  const compared = source.filter(({ key }) => {
    return isAnother ? !COMMON.test(key) && key !== ROOT : !ambiguous.has(key) && !twins.has(groupOf({ key }));
  });
  return {
    name,
    change,
    source: screenOf(from.first.image, source),
    target: screenOf(
      to.second.image,
      target.filter((one) => !one.ambiguous),
    ),
    truth: new Map(compared.map(({ key, layer }) => [layer.layerId, isAnother ? null : (idByKey.get(key) ?? null)])),
  };
}

function screenOf(image: LayerScreen['image'], layers: readonly KeyedLayer[]): LayerScreen {
  return { image, layers: layers.map(({ layer }) => layer) };
}

/** Converts shapes to layers; those with a common first part of their keys share a frame. */
function layersOf({ shapes }: Screen, view: View, scale: number, named: boolean): KeyedLayer[] {
  const groups = new Map<string, Shape[]>();
  for (const shape of shapes) groups.set(groupOf(shape), [...(groups.get(groupOf(shape)) ?? []), shape]);
  const root: Omit<KeyedLayer, 'ambiguous'> & { whole: Box } = {
    key: ROOT,
    whole: boxOf(view),
    layer: { layerId: ROOT, type: 'FRAME', name: 'Screen', box: toPixels(boxOf(view), view, scale), candidate: true },
  };
  const all = [...groups].flatMap(([group, members]) => {
    const ground = members.find(({ key }) => key === group);
    const whole = ground ?? members.map(plainBox).reduce(union);
    const frame = entry(group, ROOT, 'FRAME', whole);
    return [
      frame,
      ...members.filter((shape) => shape !== ground).map((shape) => entry(shape.key, group, typeOf(shape), shape)),
    ];
  });
  function entry(key: string, parentId: string, type: string, from: Box | Shape) {
    const text = 'look' in from && from.look.kind === 'text' ? { text: from.look.text } : {};
    const box = toPixels(plainBox(from), view, scale);
    const name = named ? nameOf(key) : `${type} 1`;
    return { key, whole: plainBox(from), layer: { layerId: key, parentId, type, name, box, candidate: true, ...text } };
  }
  return [root, ...all].flatMap(({ key, layer, whole }): KeyedLayer[] => {
    const visible = overlapArea(whole, boxOf(view)) / (whole.w * whole.h);
    return visible === 0 ? [] : [{ key, layer, ambiguous: visible < MIN_VISIBLE }];
  });
}

/** Rows with the same text as another one: it would be ambiguous which of them is missing. */
function twinsOf({ shapes }: Screen): ReadonlySet<string> {
  const words = new Map<string, string>();
  for (const { key, look } of shapes) {
    if (look.kind === 'text') words.set(groupOf({ key }), `${words.get(groupOf({ key })) ?? ''} ${look.text}`);
  }
  const all = [...words.values()];
  return new Set([...words].filter(([, text]) => all.indexOf(text) !== all.lastIndexOf(text)).map(([group]) => group));
}

/** `row-3` of `row-3/title`. */
function groupOf({ key }: Pick<Shape, 'key'>): string {
  return key.split('/', 1)[0] ?? key;
}

/** The layer name a designer would use: `row` for all rows, `title` for all their titles. */
function nameOf(key: string): string {
  return (key.split('/').at(-1) ?? key).replace(/-\d+$/, '');
}

function typeOf({ look }: Shape): string {
  if (look.kind === 'text') return 'TEXT';
  if (look.kind === 'icon') return 'VECTOR';
  return look.kind === 'picture' && look.round ? 'ELLIPSE' : 'RECTANGLE';
}

function plainBox({ x, y, w, h }: Box): Box {
  return { x, y, w, h };
}

function boxOf({ x, y, width, height }: View): Box {
  return { x, y, w: width, h: height };
}

function toPixels({ x, y, w, h }: Box, view: View, scale: number): Box {
  return { x: (x - view.x) * scale, y: (y - view.y) * scale, w: w * scale, h: h * scale };
}

/** Replaces letters so that no word stays the same, like another language. */
function exchangeLetters(text: string): string {
  const next = (letter: string, first: string, step: number) =>
    String.fromCharCode(first.charCodeAt(0) + ((letter.charCodeAt(0) - first.charCodeAt(0) + step) % 26));
  return text.replace(/[a-z]/g, (letter) => next(letter, 'a', 4)).replace(/[A-Z]/g, (letter) => next(letter, 'A', 4));
}
