import { LIMITS } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import type { FrameSummary, Picks } from '../../../../src/shared/messages.js';
import { DEFAULT_TRACKING, frameUnder, MAX_REGIONS } from '../../../../src/shared/tracking.js';
import { missingTrack, moved, sequenceOf } from '../../../../src/ui/flow/track/sequence.js';
import { frameSummary } from '../../fixtures.js';

const frame = (nodeId: string, x: number, y: number, name = nodeId): FrameSummary => {
  return { ...frameSummary(nodeId), name, x, y };
};
const REGION = { nodeId: 'r', name: 'Region', type: 'VECTOR' };
const picksOf = (frames: readonly FrameSummary[], overlays = [REGION]): Picks => {
  const [source = null, ...targets] = frames;
  return { source, after: null, targets, overlays, layers: [] };
};
const idsOf = (frames: readonly FrameSummary[]) => frames.map(({ nodeId }) => nodeId);

describe('the order of a sequence', () => {
  it('reads rows from left to right, although they are not quite straight', () => {
    // frames are 400 × 300
    const picks = picksOf([
      frame('d', 10, 420),
      frame('b', 500, 40),
      frame('a', 0, 0),
      frame('c', 1000, -60),
      frame('e', 480, 380),
    ]);
    expect(idsOf(sequenceOf(picks, DEFAULT_TRACKING))).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('has frames without a place last', () => {
    const picks = picksOf([frameSummary('new'), frame('b', 500, 0), frame('a', 0, 0)]);
    expect(idsOf(sequenceOf(picks, DEFAULT_TRACKING))).toEqual(['a', 'b', 'new']);
  });

  it('by name counts numbers', () => {
    const picks = picksOf([frame('x', 0, 0, 'Still 10'), frame('y', 500, 0, 'Still 2'), frame('z', 999, 0, 'still 1')]);
    expect(idsOf(sequenceOf(picks, { ...DEFAULT_TRACKING, order: 'name' }))).toEqual(['z', 'y', 'x']);
  });

  it('by hand starts from the order shown, and keeps new frames at the end', () => {
    const picks = picksOf([frame('a', 0, 0), frame('b', 500, 0), frame('c', 1000, 0)]);
    const tracking = moved(picks, DEFAULT_TRACKING, 'c', -1);
    expect(tracking).toMatchObject({ order: 'hand', hand: ['a', 'c', 'b'] });
    const more = { ...picks, targets: [...picks.targets, frame('d', -500, 0)] };
    expect(idsOf(sequenceOf(more, tracking))).toEqual(['a', 'c', 'b', 'd']);
    // the first one cannot go up
    expect(moved(picks, tracking, 'a', -1)).toBe(tracking);
  });
});

describe('what is missing is said before anything is exported', () => {
  const two = [frame('a', 0, 0), frame('b', 500, 0)];

  it('other frames, and a region', () => {
    expect(missingTrack(picksOf(two.slice(0, 1)))).toMatch(/Add the other frames/);
    expect(missingTrack(picksOf(two, []))).toMatch(/Add a region/);
    expect(missingTrack(picksOf(two))).toBeNull();
  });

  it('frames of other proportions, by name; another size of the same proportions will do', () => {
    const larger = { ...frame('c', 0, 0, 'Large'), width: 800, height: 600 };
    expect(missingTrack(picksOf([...two, larger]))).toBeNull();
    expect(missingTrack(picksOf([...two, { ...larger, height: 500 }]))).toBe(
      '“Large” has other proportions than the annotated frame',
    );
  });

  it('too many frames or regions', () => {
    const many = Array.from({ length: LIMITS.targetsPerJob }, (_, n) => frame(`f${n}`, n, 0));
    expect(missingTrack(picksOf(many))).toBeNull();
    expect(missingTrack(picksOf([...many, frame('more', 0, 0)]))).toBe('A run takes up to 100 frames, these are 101');
    const regions = Array.from({ length: MAX_REGIONS + 1 }, (_, n) => ({ ...REGION, nodeId: `r${n}` }));
    expect(missingTrack(picksOf(two, regions))).toBe('A run takes up to 32 regions');
  });
});

it('a region belongs to the smallest frame under its middle', () => {
  const board = { ...frame('board', 0, 0), width: 4000, height: 4000 };
  const frames = [board, frame('still', 100, 100)];
  expect(frameUnder(frames, { x: 150, y: 150 })?.nodeId).toBe('still');
  expect(frameUnder(frames, { x: 3000, y: 150 })?.nodeId).toBe('board');
  expect(frameUnder(frames, { x: -1, y: 150 })).toBeUndefined();
});
