import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Placement } from '@samepoint/shared-protocol';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { layer } from '../../daemon/test/support/layers.js';
import { useTempFolder } from '../../daemon/test/support/temp-folder.js';
import { median } from '../bench/bench.js';
import { inboxScreen, PHONE } from '../figma-host/documents/inbox-screen.js';
import { LIGHT } from '../figma-host/documents/theme.js';
import type { NodeSpec } from '../figma-host/spec.js';
import { JsonLinesCache } from './cache.js';
import { partOf, withoutParts, withoutRows } from './document-layer-pairs.js';
import { drawnLayerPairs } from './drawn-layer-pairs.js';
import type { LayerPair } from './layer-pair.js';
import { absencePrecisionAt, judgeLayers, likeliestByElements, scoreLayers } from './score-layers.js';
import { setLayerPairs } from './set-layer-pairs.js';

const temp = useTempFolder();
const IMAGE = { width: 100, height: 200, rgb: new Uint8Array(60_000) };

describe('a document with removed rows', () => {
  const screen = inboxScreen('a', 'Inbox', LIGHT, PHONE);
  const find = (node: NodeSpec, part: string): NodeSpec | undefined =>
    partOf(node) === part
      ? node
      : node.children?.map((child) => find(child, part)).find((found) => found !== undefined);

  it('closes the gap in the list, moves up the rest, and keeps the bar at the bottom', () => {
    const changed = withoutRows(screen, [2, 4]);
    const rows = find(changed, 'list')?.children ?? [];
    expect(rows.map(partOf)).toEqual(['row-1', 'row-3', 'row-5']);
    expect(rows.map(({ y }) => y)).toEqual([0, 80, 160]);
    const topOf = (node: NodeSpec, part: string) => find(node, part)?.y ?? Number.NaN;
    expect(topOf(changed, 'banner')).toBe(topOf(screen, 'banner') - 160);
    expect(topOf(changed, 'tab-bar')).toBe(topOf(screen, 'tab-bar'));
  });

  it('or with other removed parts has no layers of them', () => {
    const changed = withoutParts(screen, new Set(['banner']));
    expect(find(changed, 'button')).toBeUndefined();
    expect(find(changed, 'row-1')).toBeDefined();
  });
});

describe('a drawn screen with its layers', () => {
  it('lacks some rows in its own second version, and everything but bars in another screen', async () => {
    const pairs: LayerPair[] = [];
    for await (const pair of drawnLayerPairs(1)) pairs.push(pair);
    const own = pairs[0];
    const elsewhere = pairs.find(({ change }) => change === 'another screen');
    const ids = new Set(own?.target.layers.map(({ layerId }) => layerId));
    const counterparts = [...(own?.truth.values() ?? [])];
    expect(counterparts).toContain(null);
    for (const id of counterparts) if (id !== null) expect(ids).toContain(id);
    expect(elsewhere?.truth.size).toBeGreaterThan(20);
    expect(new Set(elsewhere?.truth.values())).toEqual(new Set([null]));
    expect([...(elsewhere?.truth.keys() ?? [])].filter((key) => /^(bar|tab)/.test(key))).toEqual([]);
  });
});

describe('a generated set', () => {
  async function pairsOf(form: 'flat' | 'nested'): Promise<LayerPair[]> {
    const folder = temp.path('set');
    mkdirSync(join(folder, 'images'), { recursive: true });
    const png = await sharp({ create: { width: 20, height: 20, channels: 3, background: '#fff' } })
      .png()
      .toBuffer();
    writeFileSync(join(folder, 'images/a.png'), png);
    const words = { source: 'See all', target: 'Alle' };
    const line = (id: string, component: string) => ({
      id,
      source: 'images/a.png',
      target: 'images/a.png',
      sourceSize: [20, 20],
      targetSize: [20, 20],
      change: ['removed', 'dark'],
      elements: [
        { id: `${id}.${component}0.title`, type: 'text', source: [1, 2, 3, 4], target: [5, 6, 7, 8], words },
        { id: `${id}.${component}0.title/0`, type: 'word', source: [1, 2, 3, 4], target: [5, 6, 7, 8] },
        { id: `${id}.bar.icon`, type: 'icon', source: [1, 2, 3, 4], target: null },
        { id: `${id}.bar.other`, type: 'icon', source: null, target: [1, 2, 3, 4] },
      ],
    });
    const lines = [line('v-0', 'hero'), line('v-1', 'card')].map((one) => JSON.stringify(one));
    writeFileSync(join(folder, 'pairs.jsonl'), `${lines.join('\n')}\n`);
    const pairs: LayerPair[] = [];
    for await (const pair of setLayerPairs(folder, 10, form)) pairs.push(pair);
    return pairs;
  }

  it('has a layer for each element except words, and null for a missing counterpart', async () => {
    const [own, elsewhere] = await pairsOf('flat');
    expect(own?.change).toBe('set: removed');
    expect([...(own?.truth ?? [])]).toEqual([
      ['v-0.hero0.title', 'v-0.hero0.title'],
      ['v-0.bar.icon', null],
    ]);
    expect(own?.target.layers[0]).toMatchObject({ type: 'TEXT', name: '', box: { x: 5, y: 6, w: 7, h: 8 } });
    // both screens have a bar
    expect([...(elsewhere?.truth ?? [])]).toEqual([['v-0.hero0.title', null]]);
  });

  it('has texts and frames of components if nested', async () => {
    const [own] = await pairsOf('nested');
    expect(own?.source.layers.map(({ layerId, parentId, text }) => [layerId, parentId, text])).toEqual([
      ['screen', undefined, undefined],
      ['v-0.hero0', 'screen', undefined],
      ['v-0.bar', 'screen', undefined],
      ['v-0.hero0.title', 'v-0.hero0', 'See all'],
      ['v-0.bar.icon', 'v-0.bar', undefined],
    ]);
    expect(own?.target.layers.find(({ layerId }) => layerId === 'v-0.hero0')?.box).toEqual({ x: 5, y: 6, w: 7, h: 8 });
    expect(own?.target.layers.find(({ text }) => text !== undefined)?.text).toBe('Alle');
    expect([...(own?.truth.keys() ?? [])]).toEqual(['v-0.hero0.title', 'v-0.bar.icon']);
  });
});

describe('the score of layers', () => {
  const box = { x: 10, y: 10, w: 20, h: 20 };
  const layers = ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => layer(id, box));
  const pair: LayerPair = {
    name: '',
    change: '',
    source: { image: IMAGE, layers },
    target: { image: IMAGE, layers },
    truth: new Map([
      ['a', 'a'],
      ['b', 'b'],
      ['c', 'c'],
      ['d', null],
      ['e', null],
    ]),
  };
  const placement = (layerId: string | null): Placement => ({
    kind: 'layer',
    itemId: 'i',
    layerId,
    box: { ...box, x: 20 },
    confidence: 0.5,
    evidence: { image: 0.5 },
  });
  const judged = judgeLayers(pair, ['a', 'c', null, null, 'f', 'f'].map(placement));

  it('counts each layer with known truth once', () => {
    expect(judged.map(({ outcome }) => outcome)).toEqual(['right', 'wrong', 'missed', 'absent right', 'false']);
    expect(scoreLayers(judged, median)).toMatchObject({ accuracy: 2 / 5, absentPrecision: 1 / 2, absentRecall: 1 / 2 });
  });

  it('compares boxes with the true ones', () => {
    const { boxes } = scoreLayers(judged, median);
    expect(boxes).toMatchObject({ found: 3, sought: 3, medianMiddleErrorPart: 10 / 200 });
    expect(boxes.medianIou).toBeCloseTo(1 / 3, 9);
  });
});

describe('the precision of "no counterpart"', () => {
  const layer = (confidence: number, hasCounterpart: boolean) => ({ confidence, hasCounterpart });
  const layers = [layer(0.9, true), layer(0.1, false), layer(0.2, true), layer(0.3, false), layer(0.4, false)];

  it('is that of the least confident layers, as many as the recall requires', () => {
    expect(absencePrecisionAt(1 / 3, layers)).toBe(1);
    expect(absencePrecisionAt(0.6, layers)).toBe(2 / 3);
    expect(absencePrecisionAt(1, layers)).toBe(3 / 4);
  });
});

describe('the likeliest layer by element scores', () => {
  const at = (x: number) => ({ x, y: 0, w: 10, h: 10 });
  const pair: LayerPair = {
    name: '',
    change: '',
    source: { image: IMAGE, layers: ['a', 'b', 'c', 'd', 'e'].map((id, n) => layer(id, at(10 * n))) },
    target: { image: IMAGE, layers: [layer('a', at(0)), layer('around a', at(0)), layer('b', at(50))] },
    truth: new Map([
      ['a', 'a'],
      ['b', 'b'],
      ['c', null],
      ['d', 'b'],
    ]),
  };
  const scored = (...log: number[]) => ({
    matches: [],
    resemblance: { log: Float32Array.from(log), margin: Float32Array.from(log) },
  });
  const unscored = { matches: [], resemblance: undefined };

  it('is correct if its box is, and skips layers without scores', () => {
    const rows = [scored(-1, -0.5, -2), scored(-1, -3, Number.NaN), scored(-8, -9, -7), unscored, scored(0, 0, 0)];
    expect(likeliestByElements(pair, rows)).toEqual([
      { right: true, hasCounterpart: true, confidence: -0.5 },
      { right: false, hasCounterpart: true, confidence: -1 },
      { right: false, hasCounterpart: false, confidence: -7 },
    ]);
  });
});

describe('the cache of JSON lines', () => {
  it('computes each value once, across openings of the file', async () => {
    const file = temp.path('cache.jsonl');
    const first = new JsonLinesCache<number[]>(file);
    expect(await first.get('a', async () => [1])).toEqual([1]);
    expect(await first.get('a', async () => [2])).toEqual([1]);
    expect(await new JsonLinesCache<number[]>(file).get('a', async () => [3])).toEqual([1]);
    expect(await new JsonLinesCache<number[]>(file).get('b', async () => [3])).toEqual([3]);
  });
});
