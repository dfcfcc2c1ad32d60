import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type EditKind, editChoices, edited } from './random-edits.js';
import { screenChoices } from './screens.js';
import {
  includedOperations,
  judge,
  mergeInto,
  type Square,
  type SquareChoice,
  squareOf,
  withTakenBack,
} from './square.js';
import { variationChoices } from './variations.js';

const SQUARES = 1000;
const SEED = 20;

const squareChoices: fc.Arbitrary<SquareChoice> = fc.record({
  screen: screenChoices,
  edits: editChoices(),
  variations: variationChoices,
});

it(`merging edits into a variation of a design gives the variation of the edited design, in ${SQUARES} squares`, () => {
  fc.assert(
    fc.property(squareChoices, (choice) => {
      const square = squareOf(choice);
      const { wrong, missed } = judge(square, mergeInto(square, square.theirs));
      expect({ wrong, missed }).toEqual({ wrong: [], missed: [] });
    }),
    { numRuns: SQUARES, seed: SEED },
  );
});

it('a swap of the component merges with what is overridden before and after it', () => {
  const kinds: readonly EditKind[] = ['swap', 'fill', 'fill opacity', 'radius', 'component property'];
  const choices = fc.record({ screen: screenChoices, edits: editChoices(kinds, 5), variations: variationChoices });
  fc.assert(
    fc.property(choices, (choice) => {
      const square = squareOf({ ...choice, screen: { ...choice.screen, sections: ['header', 'actions'] } });
      const { wrong, missed } = judge(square, mergeInto(square, square.theirs));
      expect({ wrong, missed }).toEqual({ wrong: [], missed: [] });
    }),
    { numRuns: SQUARES / 2, seed: SEED },
  );
});

it('a second merge finds everything that the first one wrote already so', () => {
  fc.assert(
    fc.property(squareChoices, (choice) => {
      const square = squareOf(choice);
      const first = mergeInto(square, square.theirs);
      const written = new Set(includedOperations(first.merged).map(({ editId }) => editId));
      const second = mergeInto(square, first.actual, first.records);
      const again = second.merged.filter(
        ({ edit, outcome }) => written.has(edit.editId) && outcome.kind !== 'already-so',
      );
      expect({ again, operations: includedOperations(second.merged) }).toEqual({ again: [], operations: [] });
    }),
    { numRuns: SQUARES / 2, seed: SEED },
  );
});

/** Edits of layers that are there before: what is in added layers is another edit of the same addition. */
const OF_VALUES: readonly EditKind[] = [
  'text',
  'font size',
  'fill',
  'opacity',
  'gap',
  'move',
  'resize',
  'padding',
  'radius',
];

it('an edit on top of a merged one merges on top of it, and one that is taken back is offered', () => {
  const choices = fc.record({
    screen: screenChoices,
    edits: editChoices(OF_VALUES),
    more: editChoices(OF_VALUES),
    variations: variationChoices,
  });
  fc.assert(
    fc.property(choices, ({ more, ...choice }) => {
      const square = squareOf(choice);
      const first = mergeInto(square, square.theirs);
      const next = twiceEdited(square, more);
      const { wrong, missed } = judge(next, mergeInto(next, first.actual, first.records, withTakenBack));
      expect({ wrong, missed }).toEqual({ wrong: [], missed: [] });
    }),
    { numRuns: SQUARES / 4, seed: SEED },
  );
});

it('an edit that is taken back is off', () => {
  const choices = fc.record({ screen: screenChoices, edits: editChoices(OF_VALUES), variations: variationChoices });
  fc.assert(
    fc.property(choices, (choice) => {
      const square = squareOf(choice);
      const first = mergeInto(square, square.theirs);
      const back = { ...square, ours: square.base, expected: square.theirs };
      expect(mergeInto(back, first.actual, first.records).actual).toEqual(first.actual);
      const { wrong, missed } = judge(back, mergeInto(back, first.actual, first.records, withTakenBack));
      expect({ wrong, missed }).toEqual({ wrong: [], missed: [] });
    }),
    { numRuns: SQUARES / 4, seed: SEED },
  );
});

/** The same square after more edits of the source. */
function twiceEdited(square: Square, more: Parameters<typeof edited>[1]): Square {
  const ours = edited(square.ours, more);
  const expected = square.variations.reduce((design, { apply }) => apply(design), ours);
  return { ...square, ours, expected };
}
