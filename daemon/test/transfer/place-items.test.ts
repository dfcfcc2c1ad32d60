import { type Box, type Item, type Layer, type Point, placementSchema } from '@samepoint/shared-protocol';
import { describe, expect, it, vi } from 'vitest';
import type { Match } from '../../src/correspond/match-points.js';
import { placeItems, prepareItems } from '../../src/transfer/place-items.js';
import { contains } from '../../src/transfer/transforms/boxes.js';
import { regionConfidence } from '../../src/transfer/transforms/place-region.js';
import { layer } from '../support/layers.js';

const SOURCE = { width: 400, height: 300 };
const TARGET = { width: 800, height: 600 };

const found = (point: Point, confidence = 0.9, scale = 1): Match => ({
  point,
  similarity: confidence,
  confidence,
  scale,
  mirrored: false,
});

/** Everything is twice as large and shifted. */
const SHIFT = { x: 40, y: 30 };
const doubled = ({ x, y }: Point) => found({ x: 2 * x + SHIFT.x, y: 2 * y + SHIFT.y }, 0.9, 2);
const doubledBox = ({ x, y, w, h }: Box) => ({ x: 2 * x + SHIFT.x, y: 2 * y + SHIFT.y, w: 2 * w, h: 2 * h });
const lost = ({ x, y }: Point) => found({ x: (x * 7919) % 800, y: (y * 104_729) % 600 }, 0.01);

const BUTTON = layer('button', { x: 50, y: 60, w: 80, h: 24 });
const TITLE = layer('title', { x: 50, y: 10, w: 200, h: 20 }, { type: 'TEXT', text: 'Home' });

async function place(items: Item[], match: (point: Point) => Match, targetLayers = [BUTTON, TITLE].map(inTarget)) {
  const prepared = prepareItems(items, [BUTTON, TITLE], SOURCE);
  const placements = await placeItems(prepared, [BUTTON, TITLE], targetLayers, TARGET, {
    match: async (points) => points.map(match),
  });
  for (const placement of placements) placementSchema.parse(placement);
  return placements;
}

function inTarget(source: typeof BUTTON) {
  return { ...source, layerId: `${source.layerId}-dark`, box: doubledBox(source.box) };
}

function expectBox(actual: unknown, expected: Box): void {
  expect(actual).toEqual({
    x: expect.closeTo(expected.x, 6),
    y: expect.closeTo(expected.y, 6),
    w: expect.closeTo(expected.w, 6),
    h: expect.closeTo(expected.h, 6),
  });
}

describe('a prepared layer', () => {
  it('has 4×4 points, and its neighbours have 2×2', () => {
    const [prepared] = prepareItems([{ kind: 'layer', itemId: 'l', layerId: 'button' }], [BUTTON, TITLE], SOURCE);
    expect(prepared?.points).toHaveLength(16);
    expect(prepared?.neighbours.map(({ layer: { layerId }, points }) => [layerId, points.length])).toEqual([
      ['title', 4],
    ]);
  });
});

describe('an item of kind', () => {
  it('point is placed at its match', async () => {
    const [placement] = await place([{ kind: 'point', itemId: 'p', point: { x: 100, y: 50 } }], doubled);
    expect(placement).toEqual({
      kind: 'point',
      itemId: 'p',
      point: { x: 240, y: 130 },
      confidence: 0.9,
      evidence: { image: 0.9 },
    });
  });

  it.each([
    [0.06, true],
    [0.04, false],
  ])('point with a confidence of %d has a counterpart: %s', async (confidence, has) => {
    const [placement] = await place([{ kind: 'point', itemId: 'p', point: { x: 100, y: 50 } }], (point) =>
      found(point, confidence),
    );
    expect(placement).toMatchObject({ kind: 'point', point: has ? { x: 100, y: 50 } : null, confidence });
  });

  it('box is placed by most of its points', async () => {
    const box = { x: 20, y: 30, w: 60, h: 40 };
    let n = 0;
    const mostly = (point: Point) => (n++ % 4 === 0 ? found({ x: 700, y: 10 * n }, 0.9, 2) : doubled(point));
    const [placement] = await place([{ kind: 'box', itemId: 'b', box }], mostly);
    if (placement?.kind !== 'box') throw new Error('a box stays a box');
    expectBox(placement.box, doubledBox(box));
    expect(placement.confidence).toBeCloseTo(regionConfidence((0.9 * 12) / 16), 6);
  });

  it('box partly outside is sampled inside and placed as a whole', async () => {
    const box = { x: -30, y: 100, w: 60, h: 40 };
    const seen: Point[] = [];
    const [placement] = await place([{ kind: 'box', itemId: 'b', box }], (point) => {
      seen.push(point);
      return doubled(point);
    });
    expect(seen.every((point) => contains({ x: 0, y: 0, w: 400, h: 300 }, point))).toBe(true);
    expect(placement?.kind === 'box' && placement.box).toMatchObject({
      x: expect.closeTo(-20, 6),
      w: expect.closeTo(120, 6),
    });
  });

  it('box, layer or overlay has no counterpart without confident matches', async () => {
    const placements = await place(
      [
        { kind: 'box', itemId: 'b', box: { x: 20, y: 30, w: 60, h: 40 } },
        { kind: 'overlay', itemId: 'o', box: { x: 20, y: 30, w: 60, h: 40 } },
        { kind: 'layer', itemId: 'l', layerId: 'button' },
      ],
      lost,
      [],
    );
    expect(placements).toMatchObject([
      { kind: 'box', box: null, confidence: 0 },
      { kind: 'overlay', transform: null, inliers: 0, residualPx: 0, confidence: 0 },
      { kind: 'layer', layerId: null, box: null, confidence: 0 },
    ]);
  });

  it('layer is assigned by pixels, structure and text', async () => {
    const items: Item[] = ['title', 'button'].map((layerId) => ({ kind: 'layer', itemId: `on ${layerId}`, layerId }));
    const placements = await place(items, doubled);
    expect(placements).toMatchObject([
      { kind: 'layer', itemId: 'on title', layerId: 'title-dark', evidence: { text: 'equal' } },
      { kind: 'layer', itemId: 'on button', layerId: 'button-dark' },
    ]);
    expectBox(placements[0]?.kind === 'layer' && placements[0].box, doubledBox(TITLE.box));
  });

  it('layer is not assigned to a non-candidate, but has the box by its pixels', async () => {
    const items: Item[] = [{ kind: 'layer', itemId: 'i', layerId: 'button' }];
    const [placement] = await place(items, doubled, [{ ...inTarget(BUTTON), candidate: false }]);
    expect(placement).toMatchObject({ kind: 'layer', layerId: null });
    expectBox(placement?.kind === 'layer' && placement.box, doubledBox(BUTTON.box));
  });

  it.each([
    ['that of the box if the target has no layers', [], (box: number) => box],
    [
      'below one half if the target has layers, but none in the box',
      [inTarget(TITLE)],
      (box: number) => Math.min(0.5, box),
    ],
    [
      'that of both if the layer in the box is no candidate',
      [{ ...inTarget(BUTTON), candidate: false }, inTarget(TITLE)],
      (box: number) => box,
    ],
  ])('layer without a counterpart has a confidence of what it states: %s', async (_name, targetLayers, most) => {
    const [onBox] = await place([{ kind: 'box', itemId: 'b', box: BUTTON.box }], doubled, targetLayers);
    const [onLayer] = await place([{ kind: 'layer', itemId: 'l', layerId: 'button' }], doubled, targetLayers);
    const box = onBox?.confidence ?? 0;
    expect(box).toBeGreaterThan(0.8);
    expect(onLayer).toMatchObject({ layerId: null, evidence: { image: box } });
    expectBox(onLayer?.kind === 'layer' && onLayer.box, doubledBox(BUTTON.box));
    expect(onLayer?.confidence).toBeLessThanOrEqual(most(box));
    if (targetLayers.length !== 1) expect(onLayer?.confidence).toBeGreaterThan(0.8 * box);
  });

  it('layer may repeat: all its items get the same layer', async () => {
    const items: Item[] = ['a', 'b', 'c'].map((itemId) => ({ kind: 'layer', itemId, layerId: 'button' }));
    const placements = await place(items, doubled);
    expect(placements.map((placement) => placement.kind === 'layer' && placement.layerId)).toEqual(
      Array(3).fill('button-dark'),
    );
  });

  it('overlay gets the transform of its surroundings', async () => {
    const [placement] = await place(
      [{ kind: 'overlay', itemId: 'o', box: { x: 150, y: 100, w: 60, h: 40 } }],
      doubled,
      [],
    );
    if (placement?.kind !== 'overlay') throw new Error('an overlay stays an overlay');
    expect(placement.transform).toMatchObject({
      a: expect.closeTo(2, 6),
      b: 0,
      e: expect.closeTo(40, 4),
      f: expect.closeTo(30, 4),
    });
    expect(placement.inliers).toBe(placement.samples);
    expect(placement.samples).toBeGreaterThanOrEqual(12);
  });
});

describe('an overlay', () => {
  const box = { x: 150, y: 100, w: 60, h: 40 };

  it('is placed by the pixels around it, not under it, without layers', async () => {
    const covered = (point: Point) => (contains(box, point) ? found({ x: 700, y: 500 }, 1) : doubled(point));
    const [placement] = await place([{ kind: 'overlay', itemId: 'o', box }], covered, []);
    expect(placement).toMatchObject({ transform: { a: expect.closeTo(2, 6), e: expect.closeTo(40, 4) } });
    expect(placement?.confidence).toBeCloseTo(regionConfidence(0.9), 6);
  });

  it('is not placed by pixels under another overlay', () => {
    const other = { x: 215, y: 90, w: 40, h: 60 };
    const items: Item[] = [box, other].map((each, n) => ({ kind: 'overlay', itemId: `${n}`, box: each }));
    for (const { points } of prepareItems(items, [], SOURCE)) {
      expect(points.length).toBeGreaterThanOrEqual(12);
      expect(points.filter((point) => contains(box, point) || contains(other, point))).toEqual([]);
    }
  });

  it('over the whole image is placed by the pixels under it', () => {
    const everything = { x: 0, y: 0, w: 400, h: 300 };
    const [prepared] = prepareItems([{ kind: 'overlay', itemId: 'o', box: everything }], [], SOURCE);
    expect(prepared?.points).toHaveLength(64);
  });

  it('beside the image is placed by the edge next to it', () => {
    const [prepared] = prepareItems(
      [{ kind: 'overlay', itemId: 'o', box: { x: 405, y: 100, w: 50, h: 20 } }],
      [],
      SOURCE,
    );
    expect(prepared?.points.length).toBeGreaterThanOrEqual(12);
    expect(prepared?.points.every((point) => contains({ x: 0, y: 0, w: 400, h: 300 }, point))).toBe(true);
  });
});

describe('the matches of all items', () => {
  it('are computed for single points and for samples separately, and each item gets its own', async () => {
    const match = vi.fn(async (points: readonly Point[], _single: boolean) => points.map(doubled));
    const items: Item[] = [
      { kind: 'box', itemId: 'b', box: { x: 20, y: 30, w: 60, h: 40 } },
      { kind: 'point', itemId: 'p', point: { x: 7, y: 8 } },
      { kind: 'layer', itemId: 'l', layerId: 'button' },
      { kind: 'point', itemId: 'q', point: { x: 9, y: 10 } },
    ];
    const placements = await placeItems(prepareItems(items, [BUTTON], SOURCE), [BUTTON], [], TARGET, { match });
    expect(match.mock.calls.map(([points, single]) => [single, single ? points : points.length > 2])).toEqual([
      [true, [items[1], items[3]].map((item) => (item?.kind === 'point' ? item.point : null))],
      [false, true],
    ]);
    expect(placements.map(({ itemId }) => itemId)).toEqual(['b', 'p', 'l', 'q']);
    expect(placements[1]).toMatchObject({ point: { x: 54, y: 46 } });
    expect(placements[3]).toMatchObject({ point: { x: 58, y: 50 } });
  });
});

describe('an item is refused', () => {
  it.each<[string, Item]>([
    ['a point left of the image', { kind: 'point', itemId: 'i', point: { x: -0.1, y: 5 } }],
    ['a point below the image', { kind: 'point', itemId: 'i', point: { x: 5, y: 300.1 } }],
    ['a box beside the image', { kind: 'box', itemId: 'i', box: { x: 400, y: 0, w: 10, h: 10 } }],
    ['a box without area', { kind: 'box', itemId: 'i', box: { x: 10, y: 10, w: 0, h: 10 } }],
  ])('%s', (_case, item) => {
    expect(() => prepareItems([item], [], SOURCE)).toThrow(
      expect.objectContaining({ code: 'ITEM_OUTSIDE_IMAGE', message: expect.stringContaining('400×300') }),
    );
  });

  it('a layer that the source does not have', () => {
    const item: Item = { kind: 'layer', itemId: 'i', layerId: 'nowhere' };
    expect(() => prepareItems([item], [BUTTON], SOURCE)).toThrow(
      expect.objectContaining({ code: 'BAD_REQUEST', message: expect.stringContaining('"nowhere"') }),
    );
  });

  it.each([
    [0, 0],
    [400, 300],
  ])('but not a point on the border, at (%i, %i)', (x, y) => {
    expect(prepareItems([{ kind: 'point', itemId: 'i', point: { x, y } }], [], SOURCE)[0]?.points).toEqual([{ x, y }]);
  });
});

describe('a source layer', () => {
  const LINE = layer('divider', { x: 20, y: 150, w: 360, h: 0 }, { type: 'LINE' });
  const AWAY = layer('card', { x: 420, y: 100, w: 80, h: 60 }, { type: 'TEXT', text: 'Next card' });
  const sources = [BUTTON, LINE, AWAY];
  const targets = sources.map(inTarget);

  async function layerOf(layerId: string) {
    const items: Item[] = [BUTTON.layerId, layerId].map((id) => ({ kind: 'layer', itemId: id, layerId: id }));
    const prepared = prepareItems(items, sources, SOURCE);
    const match = async (points: readonly Point[]) => points.map((point) => doubled(point));
    const placements = await placeItems(prepared, sources, targets, TARGET, { match });
    for (const placement of placements) placementSchema.parse(placement);
    return placements.map((placement) => (placement.kind === 'layer' ? placement.layerId : 'none'));
  }

  it('without height, such as a line, has a counterpart', async () => {
    expect(await layerOf('divider')).toEqual(['button-dark', 'divider-dark']);
  });

  it('outside the image is matched by its type and text', async () => {
    expect(await layerOf('card')).toEqual(['button-dark', 'card-dark']);
  });
});

it('next candidates of a layer are included on request, also without a match', async () => {
  const items: Item[] = [{ kind: 'layer', itemId: 'i', layerId: 'title' }];
  const place = async (runnersUp: boolean, targets: Layer[]) => {
    const matcher = { match: async (points: readonly Point[]) => points.map(doubled) };
    const prepared = prepareItems(items, [TITLE], SOURCE);
    const [placement] = await placeItems(prepared, [TITLE], targets, TARGET, matcher, { runnersUp });
    return placementSchema.options[2].parse(placement);
  };
  const other = { ...inTarget(TITLE), layerId: 'other', text: 'Something else' };
  const { runnersUp } = await place(true, [inTarget(TITLE), other]);
  expect(runnersUp?.map(({ layerId }) => layerId)).toEqual(['other']);
  expect((await place(true, [])).runnersUp).toEqual([]);
  expect(await place(false, [inTarget(TITLE), other])).not.toHaveProperty('runnersUp');
});

describe('what the cues of a layer weighed', () => {
  const items: Item[] = [{ kind: 'layer', itemId: 'i', layerId: 'title' }];
  const placeWith = (withCues: boolean) =>
    placeItems(
      prepareItems(items, [TITLE], SOURCE),
      [TITLE],
      [inTarget(TITLE)],
      TARGET,
      { match: async (points) => points.map(doubled) },
      { cues: withCues },
    );

  it('is included on request', async () => {
    const [placement] = await placeWith(true);
    const { cues = [] } = placementSchema.options[2].parse(placement);
    expect(cues.map(({ cue }) => cue)).toEqual(['image', 'text', 'type', 'size', 'name', 'neighbours']);
    expect(cues.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 9);
  });

  it('is omitted otherwise', async () => {
    expect((await placeWith(false))[0]).not.toHaveProperty('cues');
  });
});
