import { describe, expect, it } from 'vitest';
import { summaryLines } from '../../src/ui/flow/summary-lines.js';

const NONE = { created: 0, updated: 0, notes: 0, skipped: [] };
const skipped = [{ targetId: 't', itemId: 'i', reason: 'It uses a font that is missing.' }];

describe('the summary says', () => {
  it('each thing once: a note is not counted as an annotation too', () => {
    expect(summaryLines('transfer-annotations', { ...NONE, created: 2, notes: 3 })).toEqual([
      '2 annotations added.',
      '3 items became notes on the canvas.',
    ]);
  });

  it('that nothing had to be changed only when nothing was left out', () => {
    expect(summaryLines('transfer-annotations', NONE)).toEqual(['Nothing had to be changed.']);
    expect(summaryLines('transfer-annotations', { ...NONE, skipped })).toEqual([]);
  });
});
