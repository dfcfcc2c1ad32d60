import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/shared/messages.js';
import {
  editsLines,
  editsToast,
  problemToast,
  summaryLines,
  TOAST_CHARS,
  toastMessage,
} from '../../src/shared/text.js';

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

describe('a toast', () => {
  const many = Array.from({ length: 99_999 }, (_, n) => ({ targetId: 't', itemId: 'i', editId: `${n}`, reason: 'r' }));
  const full = { created: 99_999, updated: 99_999, notes: 99_999, skipped: many };

  it.each(COMMANDS)('after %s has the words of the panel, each phrase whole', (command) => {
    const lines = summaryLines(command, full);
    const toast = toastMessage(command, full);
    expect(toast.length).toBeLessThanOrEqual(TOAST_CHARS);
    expect([...lines, `Skipped ${many.length}`]).toEqual(expect.arrayContaining(toast.split(' · ')));
    expect(toastMessage(command, { ...full, notes: 0 })).toContain(' · Skipped 99999');
  });

  it('after edits has the words of the panel', () => {
    const summary = { written: 12, targets: 5, skipped: many.slice(0, 2) };
    expect(editsToast(summary)).toBe([...editsLines(summary), 'Skipped 2'].join(' · '));
    expect(editsToast({ written: 99_999, targets: 99_999, skipped: many }).length).toBeLessThanOrEqual(TOAST_CHARS);
  });

  it('shortens long names before it leaves out the hint', () => {
    const name = 'Checkout / Step 3 / Payment / Declined card / Tablet / Right to left';
    const message = `“${name}” has recorded edits.`;
    const toast = problemToast({ message, hint: 'Transfer them, or delete the recording, first.' });
    expect(toast).toBe('“Checkout / Step 3 / Pay…” has recorded edits. Transfer them, or delete the recording, first.');
  });

  it('leaves out a sentence that does not fit instead of a part of it', () => {
    const message = 'Figma reports an error: the node is in a library that this file can no longer reach.';
    expect(problemToast({ message, hint: 'Try again, or reopen the plugin.' })).toBe(message);
  });

  it('cuts only a sentence that is too long by itself, at a word', () => {
    const toast = problemToast({ message: `Figma reports an error: ${'node '.repeat(40)}.`, hint: 'Try again.' });
    expect(toast).toMatch(/ node…$/);
    expect(toast.length).toBeLessThanOrEqual(TOAST_CHARS);
  });
});
