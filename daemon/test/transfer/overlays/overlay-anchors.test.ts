import type { Box, Item, Layer } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import { findOverlayAnchors } from '../../../src/transfer/overlays/overlay-anchors.js';
import { placeItems, prepareItems } from '../../../src/transfer/place-items.js';
import { centre } from '../../../src/transfer/transforms/boxes.js';
import { transformBox } from '../../../src/transfer/transforms/place-region.js';
import { layer } from '../../support/layers.js';

const SIZE = { width: 400, height: 800 };
const text = (id: string, box: Box) => layer(id, box, { type: 'TEXT', text: id });

const BUTTON = text('Buy', { x: 260, y: 500, w: 100, h: 40 });
const LABEL = text('Label', { x: 20, y: 500, w: 120, h: 40 });
const TABS = text('Tabs', { x: 20, y: 700, w: 360, h: 60 });
const SOURCE = [BUTTON, LABEL, TABS];

/** The target as a designer left it: what stood together was moved by as much. */
function moved(by: { [id: string]: { x: number; y: number } }): Layer[] {
  return SOURCE.map((each) => {
    const { x, y } = by[each.layerId] ?? { x: 0, y: 0 };
    return { ...each, layerId: `${each.layerId}-target`, box: { ...each.box, x: each.box.x + x, y: each.box.y + y } };
  });
}

/** Where the overlays go when every pixel goes with the layer it is in, and those of no layer stay where they are. */
async function place(boxes: Box[], target: Layer[]): Promise<(Box & { confidence: number })[]> {
  const items = boxes.map((box, n): Item => ({ kind: 'overlay', itemId: `${n}`, box }));
  const prepared = prepareItems(items, SOURCE, SIZE);
  const placements = await placeItems(prepared, SOURCE, target, SIZE, {
    match: async (points) =>
      points.map((point) => {
        const home = SOURCE.findIndex(
          ({ box }) => Math.abs(centre(box).x - point.x) < box.w / 2 && Math.abs(centre(box).y - point.y) < box.h / 2,
        );
        const [from, to] = [SOURCE[home]?.box ?? point, target[home]?.box ?? point];
        const found = { x: point.x + to.x - from.x, y: point.y + to.y - from.y };
        return { point: found, similarity: 0.9, confidence: 0.9, scale: 1, mirrored: false };
      }),
  });
  return placements.map((placement, n) => {
    const box = boxes[n];
    if (placement.kind !== 'overlay' || placement.transform === null || box === undefined)
      throw new Error('not placed');
    return { ...transformBox(placement.transform, box), confidence: placement.confidence };
  });
}

const CALLOUT = { x: 60, y: 620, w: 140, h: 40 };
const ARROW = { x: 204, y: 545, w: 100, h: 90 };

describe('an overlay', () => {
  it('goes where the layer next to it goes, to the pixel', async () => {
    const [arrow] = await place([ARROW], moved({ Buy: { x: -30, y: -200 }, Label: { x: -30, y: -200 } }));
    expect(arrow).toMatchObject({ x: expect.closeTo(174, 6), y: expect.closeTo(345, 6), w: 100, h: 90 });
    expect(arrow?.confidence).toBeGreaterThan(0.7);
  });

  it('that is a line without height follows the layer next to it all the same', async () => {
    const line = { x: 150, y: 520, w: 100, h: 0 };
    const [placed] = await place([line], moved({ Buy: { x: -30, y: -200 }, Label: { x: -30, y: -200 } }));
    expect(placed).toMatchObject({ x: expect.closeTo(120, 6), y: expect.closeTo(320, 6) });
    expect(placed?.confidence).toBeGreaterThan(0.7);
  });

  it('stays with the overlay that touches it, not with another layer that is nearer', async () => {
    const apart = moved({ Buy: { x: 0, y: -300 }, Label: { x: 0, y: -300 } });
    const [alone] = await place([CALLOUT], apart);
    expect(alone?.y).toBeCloseTo(CALLOUT.y, 6);
    const [together] = await place([CALLOUT, ARROW], apart);
    expect(together?.y).toBeCloseTo(CALLOUT.y - 300, 6);
  });

  it('is less sure where the layers around it went different ways', async () => {
    const [agreed] = await place([CALLOUT], moved({}));
    const [torn] = await place([CALLOUT], moved({ Buy: { x: 0, y: -300 }, Label: { x: 0, y: -300 } }));
    expect(torn?.confidence).toBeLessThan(agreed?.confidence ?? 0);
  });
});

describe('the layers that place an overlay', () => {
  it('are not those it hides, nor what everything lies on', () => {
    const words = text('Words', { x: 70, y: 630, w: 100, h: 20 });
    const screen = layer('screen', { x: 0, y: 0, w: 400, h: 800 });
    const { anchors } = findOverlayAnchors(CALLOUT, [screen, words, ...SOURCE], [CALLOUT], SIZE);
    expect(anchors.map((anchor) => anchor.layer.layerId)).toEqual(['Tabs', 'Label']);
  });

  it('have more weight the nearer they are', () => {
    const { anchors } = findOverlayAnchors(CALLOUT, SOURCE, [CALLOUT], SIZE);
    const says = anchors.map(({ weight }) => weight);
    expect(says).toEqual([...says].sort((a, b) => b - a));
  });
});
