import { createHash } from 'node:crypto';
import { LIMITS, transferRequestSchema } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import { buildPart } from '../../../src/ui/flow/parts.js';
import { chooseBackend, hashFrame } from '../../../src/ui/flow/request.js';
import { exportedFrame, layer, layerItem, UI_BACKEND } from '../fixtures.js';

const SOURCE = hashFrame(exportedFrame('s'));
const TARGET = hashFrame(exportedFrame('t'));
const PARTS = {
  frames: [TARGET, SOURCE],
  sourceId: 's',
  targetIds: ['t'],
  items: [layerItem('1', 's-a')],
  withReferences: false,
};

function layers(amount: number) {
  return Array.from({ length: amount }, (_, index) => ({ ...layer(`l${index}`), candidate: index % 2 === 0 }));
}

it('uses the SHA-256 of the bytes as image id', () => {
  expect(SOURCE.imageId).toBe(createHash('sha256').update(SOURCE.png).digest('hex'));
});

it('finds source and targets in any order of frames', () => {
  const built = buildPart(PARTS, 'ui');
  expect(built).toMatchObject({
    ok: true,
    request: { backend: 'ui', source: { imageId: SOURCE.imageId }, targets: [{ targetId: 't' }] },
  });
});

describe('the limits of the protocol', () => {
  it.each([
    ['no items', { ...PARTS, items: [] }],
    ['a missing frame', { ...PARTS, targetIds: ['t', 'gone'] }],
    [
      'too many items',
      { ...PARTS, items: Array.from({ length: LIMITS.itemsPerJob + 1 }, (_, index) => layerItem(`${index}`, 's-a')) },
    ],
    [
      'a source that is too large',
      { ...PARTS, frames: [TARGET, { ...SOURCE, png: new Uint8Array(LIMITS.imageBytes + 1) }] },
    ],
  ])('prevent a request with %s', (_, parts) => {
    const built = buildPart(parts, 'ui');
    expect(built.ok).toBe(false);
    if (!built.ok) expect(built.problem.hint).not.toBe('');
  });

  it('drop layers over the limit, but never the layer of an item', () => {
    const many = layers(LIMITS.layersPerFrame + 500);
    // last and not a candidate: dropped first, if it had no item
    const itemLayer = many.at(-1)?.layerId ?? '';
    const source = { ...SOURCE, layers: many };
    const built = buildPart({ ...PARTS, frames: [source, TARGET], items: [layerItem('1', itemLayer)] }, 'ui');
    const kept = built.ok ? built.request.source.layers : [];
    expect(kept).toHaveLength(LIMITS.layersPerFrame);
    expect(kept.at(-1)?.layerId).toBe(itemLayer);
    const candidates = many.filter((one) => one.candidate).map((one) => one.layerId);
    expect(kept.map((one) => one.layerId)).toEqual(expect.arrayContaining(candidates));
  });

  it('truncate long names and texts', () => {
    const long = { ...layer('s-a'), name: 'n'.repeat(LIMITS.nameChars + 1), text: 't'.repeat(LIMITS.textChars + 1) };
    const built = buildPart({ ...PARTS, frames: [{ ...SOURCE, layers: [long] }, TARGET] }, 'ui');
    expect(built.ok && transferRequestSchema.safeParse(built.request).success).toBe(true);
  });
});

it('uses the chosen backend if the daemon has it', () => {
  const missing = { ...UI_BACKEND, id: 'sd15', state: 'missing' } as const;
  expect(chooseBackend([UI_BACKEND, missing], 'sd15')).toBe(missing);
  expect(chooseBackend([UI_BACKEND], 'sd15')).toBe(UI_BACKEND);
});

it('defaults to a backend that needs no download', () => {
  const missing = { ...UI_BACKEND, id: 'sd15', state: 'missing' } as const;
  expect(chooseBackend([missing, UI_BACKEND], null)).toBe(UI_BACKEND);
  expect(chooseBackend([missing], null)).toBeNull();
});
