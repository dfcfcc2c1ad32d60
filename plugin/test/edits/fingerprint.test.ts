import { expect, it } from 'vitest';
import { diffDesigns } from '../../src/edits/diff-designs.js';
import { fingerprint, sameValue, valueOfFingerprint } from '../../src/edits/fingerprint.js';
import { layersByNeed } from '../../src/edits/layers-by-need.js';
import { adaptRuns } from '../../src/edits/runs.js';
import { design, stack, text } from './designs.js';

it('has the same fingerprint for equal values in any order of keys', () => {
  expect(fingerprint({ b: 0.10000000149, a: [1, null] })).toBe(fingerprint({ a: [1, null], b: 0.1 }));
  expect(fingerprint({ a: 1 })).not.toBe(fingerprint({ a: 2 }));
});

it('keeps short values readable and hashes long ones', () => {
  expect(valueOfFingerprint(fingerprint({ x: 10, y: 20.5 }))).toEqual({ x: 10, y: 20.5 });
  const long = fingerprint('a text '.repeat(40));
  expect(long).toMatch(/^#[0-9a-f]{16}$/);
  expect(valueOfFingerprint(long)).toBeUndefined();
  expect(fingerprint('b text '.repeat(40))).not.toBe(long);
});

it('compares values without the noise of float32', () => {
  expect(sameValue([{ x: 0.1 }], [{ x: 0.10000000149 }])).toBe(true);
  expect(sameValue({ a: null }, {})).toBe(true);
  expect(sameValue([1], [1, 2])).toBe(false);
});

it.each([
  ['Buy now', 'Please buy now', [0, 11], [11, 14]],
  ['Buy now', 'Buy it now', [0, 7], [7, 10]],
  ['Buy now', 'Buy now!', [0, 4], [4, 8]],
  ['Buy now', 'Buy', [0, 3], null],
])('keeps styles with their words from “%s” to “%s”', (before, after, first, second) => {
  const runs = [
    { start: 0, end: 4, values: { fontSize: 12 } },
    { start: 4, end: 7, values: { fontSize: 20 } },
  ];
  const [a, b] = adaptRuns(runs, before, after);
  expect([a?.start, a?.end]).toEqual(first);
  expect(b === undefined ? null : [b.start, b.end]).toEqual(second);
});

it('asks first for the layers of edits, then for those around them', () => {
  const base = design([text('x', 'X'), stack('card', [text('a', 'A'), text('b', 'B')]), text('y', 'Y')]);
  const ours = design([
    text('x', 'X'),
    stack('card', [text('a', 'A'), text('b', 'B'), text('new', 'N')]),
    text('y', 'Why'),
  ]);
  expect(layersByNeed(diffDesigns(base, ours), base, ours)).toEqual(['card', 'y', 'a', 'b', 'x']);
});
