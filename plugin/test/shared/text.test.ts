import { describe, expect, it } from 'vitest';
import { summaryLines, toastMessage } from '../../src/shared/text.js';

const NONE = { created: 0, updated: 0, notes: 0, skipped: [] };
const skipped = [{ targetId: 't', itemId: 'i', reason: 'The font is missing.' }];

describe('the summary of Apply', () => {
  it('lists new, updated and noted items', () => {
    expect(summaryLines('transfer-annotations', { ...NONE, created: 2, updated: 9, notes: 1 })).toEqual([
      'Added 2 annotations',
      'Updated 9 annotations',
      'Added 1 note to the canvas',
    ]);
    expect(summaryLines('transfer-layers', { ...NONE, created: 1 })).toEqual(['Added 1 layer']);
  });

  it('calls everything up to date only if nothing is skipped', () => {
    expect(summaryLines('transfer-annotations', NONE)).toEqual(['Everything is up to date']);
    expect(summaryLines('transfer-annotations', { ...NONE, skipped })).toEqual([]);
  });

  it('fits in a toast, with the number of skipped items', () => {
    const all = { created: 500, updated: 500, notes: 500, skipped: Array.from({ length: 500 }, () => skipped[0]) };
    const message = toastMessage('transfer-annotations', {
      ...all,
      skipped: all.skipped.filter((one) => one !== undefined),
    });
    expect(message).toBe(
      'Added 500 annotations · Updated 500 annotations · Added 500 notes to the canvas · Skipped 500',
    );
    expect(message.length).toBeLessThanOrEqual(100);
  });
});
