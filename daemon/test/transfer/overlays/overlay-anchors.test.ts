import type { Box, Item, Layer } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import {
  type AnchorCounterpart,
  findOverlayAnchors,
  placeByAnchors,
} from '../../../src/transfer/overlays/overlay-anchors.js';
import { placeItems, prepareItems } from '../../../src/transfer/place-items.js';
import { layoutDirection } from '../../../src/transfer/rtl-layout.js';
import type { FoundRegion } from '../../../src/transfer/to-placement.js';
import { centre } from '../../../src/transfer/transforms/boxes.js';
import { placeRegion, transformBox } from '../../../src/transfer/transforms/place-region.js';
import { layer } from '../../support/layers.js';

const SIZE = { width: 400, height: 800 };
const text = (id: string, box: Box) => layer(id, box, { type: 'TEXT', text: id });

const BUTTON = text('Buy', { x: 260, y: 500, w: 100, h: 40 });
const LABEL = text('Label', { x: 20, y: 500, w: 120, h: 40 });
const TABS = text('Tabs', { x: 20, y: 700, w: 360, h: 60 });
const SOURCE = [BUTTON, LABEL, TABS];

/** The target layers, some of them moved. */
function moved(by: { [id: string]: { x: number; y: number } }): Layer[] {
  return SOURCE.map((each) => {
    const { x, y } = by[each.layerId] ?? { x: 0, y: 0 };
    return { ...each, layerId: `${each.layerId}-target`, box: { ...each.box, x: each.box.x + x, y: each.box.y + y } };
  });
}

/** Places overlays when every pixel moves with its layer, and pixels outside layers are hardly found. */
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
        const confidence = home === -1 ? 0.02 : 0.9;
        return { point: found, similarity: confidence, confidence, scale: 1, mirrored: false };
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
  it('moves exactly with the layer next to it', async () => {
    const [arrow] = await place([ARROW], moved({ Buy: { x: -30, y: -200 }, Label: { x: -30, y: -200 } }));
    expect(arrow).toMatchObject({ x: expect.closeTo(174, 6), y: expect.closeTo(345, 6), w: 100, h: 90 });
    expect(arrow?.confidence).toBeGreaterThan(0.7);
  });

  it('without height, such as a line, moves with the layer next to it', async () => {
    const line = { x: 150, y: 520, w: 100, h: 0 };
    const [placed] = await place([line], moved({ Buy: { x: -30, y: -200 }, Label: { x: -30, y: -200 } }));
    expect(placed).toMatchObject({ x: expect.closeTo(120, 6), y: expect.closeTo(320, 6) });
    expect(placed?.confidence).toBeGreaterThan(0.7);
  });

  it('moves with the overlay that touches it, not with a nearer layer', async () => {
    const apart = moved({ Buy: { x: 0, y: -300 }, Label: { x: 0, y: -300 } });
    const [alone] = await place([CALLOUT], apart);
    expect(alone?.y).toBeCloseTo(CALLOUT.y, 6);
    const [together] = await place([CALLOUT, ARROW], apart);
    expect(together?.y).toBeCloseTo(CALLOUT.y - 300, 6);
  });

  it('has less confidence if the layers around it move apart', async () => {
    const [agreed] = await place([CALLOUT], moved({}));
    const [torn] = await place([CALLOUT], moved({ Buy: { x: 0, y: -300 }, Label: { x: 0, y: -300 } }));
    expect(torn?.confidence).toBeLessThan(agreed?.confidence ?? 0);
  });
});

describe('overlays that touch', () => {
  it('each follow most the anchor nearest to themselves', async () => {
    const [callout, arrow] = await place([CALLOUT, ARROW], moved({ Buy: { x: 8, y: 0 } }));
    const [calloutShift, arrowShift] = [(callout?.x ?? 0) - CALLOUT.x, (arrow?.x ?? 0) - ARROW.x];
    expect(calloutShift).toBeLessThan(3);
    expect(arrowShift).toBeGreaterThan(5);
  });
});

describe('an anchor is', () => {
  const OVERLAY = { x: 200, y: 400, w: 40, h: 40 };
  const below = (px: number, w = 40, h = 40) => layer(`${px} below`, { x: 200, y: 440 + px, w, h });
  const anchorsOf = (layers: Layer[], box: Box = OVERLAY, overlays = [box]) =>
    findOverlayAnchors(box, layers, overlays, SIZE).anchors;
  const idsOf = (...args: Parameters<typeof anchorsOf>) => anchorsOf(...args).map((anchor) => anchor.layer.layerId);

  it('within 12 % of the longer side of the image', () => {
    expect(idsOf([below(95), below(97)])).toEqual(['95 below']);
  });

  it('one of the nearest eight', () => {
    const layers = Array.from({ length: 10 }, (_, n) => below(10 - n));
    expect(idsOf(layers)).toEqual(
      layers
        .map(({ layerId }) => layerId)
        .reverse()
        .slice(0, 8),
    );
  });

  it('at most twelve times as large as the overlay, which has at least 2 % of the longer side in thickness', () => {
    expect(idsOf([below(1, 100, 190), below(2, 100, 194)])).toEqual(['1 below']);
    const line = { x: 200, y: 440, w: 40, h: 0 };
    expect(idsOf([below(1, 80, 95), below(2, 80, 97)], line)).toEqual(['1 below']);
  });

  it('hidden by overlays to less than 60 %', () => {
    const [shown, hidden] = [layer('shown', { x: 181, y: 400, w: 46, h: 20 }), layer('hidden', OVERLAY)];
    expect(idsOf([{ ...shown, box: { ...shown.box, x: 173 } }, hidden])).toEqual(['shown']);
    expect(idsOf([{ ...shown, box: { ...shown.box, x: 183 } }, hidden])).toEqual([]);
  });

  it('four times as heavy if it touches the overlay as at 2 % of the longer side', () => {
    const [touching, at16] = anchorsOf([below(0), below(16)]);
    expect(touching).toMatchObject({ weight: 1, ownWeight: 1 });
    expect(at16?.weight).toBeCloseTo(0.25, 9);
  });

  it('shared by overlays within 2 % of the longer side, with a weight for each', () => {
    const other = (px: number) => ({ x: 200, y: 400 - 40 - px, w: 40, h: 40 });
    const above = layer('above', { x: 200, y: 280, w: 40, h: 40 });
    expect(idsOf([above], OVERLAY, [OVERLAY, other(15)])).toEqual(['above']);
    const [anchor] = anchorsOf([above], OVERLAY, [OVERLAY, other(15)]);
    expect(anchor?.weight).toBeGreaterThan(4 * (anchor?.ownWeight ?? 1));
    const [unshared] = anchorsOf([above], OVERLAY, [OVERLAY, other(17)]);
    expect(unshared?.weight).toBe(unshared?.ownWeight);
  });
});

describe('between anchors and pixels', () => {
  const BOX = { x: 200, y: 400, w: 40, h: 40 };
  const around = findOverlayAnchors(BOX, [BUTTON, LABEL], [BOX], SIZE);
  /** As far from one anchor as from the other. */
  const SQUARE = { x: 180, y: 500, w: 40, h: 40 };
  const even = findOverlayAnchors(SQUARE, [BUTTON, LABEL], [SQUARE], SIZE);
  const counterparts = (confidence: number): Map<string, AnchorCounterpart> => {
    const likeness = { evidence: { image: confidence } };
    return new Map(
      [BUTTON, LABEL].map((each) => [
        each.layerId,
        { assigned: { layer: each, confidence, likeness }, present: confidence },
      ]),
    );
  };

  /** Points around, of which some moved down by 100 pixels. The anchors stay. */
  function region(moved: number, weight = 0.8): FoundRegion {
    const correspondences = Array.from({ length: 10 }, (_, n) => {
      const source = { x: 190 + 6 * n, y: 390 + 7 * (n % 3) };
      return { source, target: { ...source, y: source.y + (n < moved ? 100 : 0) }, weight, scale: 1 };
    });
    return { correspondences, placed: placeRegion(BOX, correspondences, 800) };
  }

  it.each([
    ['anchors', 0.31],
    ['pixels', 0.29],
  ])('%s place an overlay at a confidence of the anchors of %d', (winner, confidence) => {
    const found = region(0);
    expect(found.placed?.confidence).toBeGreaterThan(0.5);
    const placed = placeByAnchors(BOX, around, counterparts(confidence), 800, found);
    expect(placed?.fit === found.placed?.fit ? 'pixels' : 'anchors').toBe(winner);
  });

  it('the anchors place an overlay even if the points around it contradict them, with less confidence', () => {
    const found = region(10);
    const placed = placeByAnchors(BOX, around, counterparts(0.9), 800, found);
    expect(placed?.fit).not.toBe(found.placed?.fit);
    expect(placed?.confidence).toBeLessThan(found.placed?.confidence ?? 0);
  });

  it.each([
    [0, 0.99],
    [2, 0.99 * (1 - 0.2 * 0.8)],
    [4, 0.99 * (1 - 0.4 * 0.8)],
  ])('that contradict the anchors take their part of the confidence: %d of 10', (moved, confidence) => {
    const { correspondences } = region(moved);
    const placed = placeByAnchors(BOX, around, counterparts(0.99), 800, { correspondences, placed: null });
    expect(placed?.confidence).toBeCloseTo(confidence, 6);
  });

  it.each([
    ['all anchors', 0.9],
    ['no layers at all, so that nothing is missing', 0.9],
    ['one of two anchors', 0.9 * ((1 + 0.2) / 2)],
  ])('the confidence is lower the less the target has of the anchors: %s', (what, expected) => {
    const all = counterparts(0.9);
    if (what.startsWith('one')) all.set('Label', { assigned: null, present: 0.2 });
    const found = region(0, 0.5);
    const placed = placeByAnchors(SQUARE, even, what.startsWith('no') ? new Map() : all, 800, {
      correspondences: found.correspondences,
      placed: what.startsWith('no') ? found.placed && { ...found.placed, confidence: 0.9 } : null,
    });
    expect(placed?.confidence).toBeCloseTo(expected, 6);
  });

  it('the latter count as mirrored in a mirrored layout', () => {
    const { correspondences } = region(0);
    const mirrored = correspondences.map((one) => ({
      ...one,
      target: { ...one.target, x: SIZE.width - one.target.x },
    }));
    const there = new Map(
      [BUTTON, LABEL].map((each) => {
        const box = { ...each.box, x: SIZE.width - each.box.x - each.box.w };
        const assigned = { layer: { ...each, box }, confidence: 0.9, likeness: { evidence: { image: 0.9 } } };
        return [each.layerId, { assigned, present: 0.9 }];
      }),
    );
    const { placeByAnchors: place } = layoutDirection([{ mirrored: true }]);
    const placed = place(BOX, around, there, 800, { correspondences: mirrored, placed: null });
    expect(placed?.confidence).toBeCloseTo(0.9, 6);
  });
});

describe('the layers that place an overlay', () => {
  it('exclude layers it hides, and the background', () => {
    const words = text('Words', { x: 70, y: 630, w: 100, h: 20 });
    const screen = layer('screen', { x: 0, y: 0, w: 400, h: 800 });
    const { anchors } = findOverlayAnchors(CALLOUT, [screen, words, ...SOURCE], [CALLOUT], SIZE);
    expect(anchors.map((anchor) => anchor.layer.layerId)).toEqual(['Tabs', 'Label']);
  });

  it('have more weight the nearer they are', () => {
    const { anchors } = findOverlayAnchors(CALLOUT, SOURCE, [CALLOUT], SIZE);
    const weights = anchors.map(({ weight }) => weight);
    expect(weights).toEqual([...weights].sort((a, b) => b - a));
  });
});
