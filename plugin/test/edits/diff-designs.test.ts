import { expect, it } from 'vitest';
import { diffDesigns } from '../../src/edits/diff-designs.js';
import { design, merged, solid, stack, target, text } from './designs.js';

it('finds nothing between equal designs', () => {
  const base = design([stack('card', [text('title', 'Buy')]), { id: 'free', box: [10, 200, 50, 50] }]);
  expect(diffDesigns(base, base)).toEqual([]);
});

it('takes ours where the target is like base', () => {
  const base = design([text('title', 'Buy', { props: { fills: solid('#FF0000') } })]);
  const ours = design([text('title', 'Add to cart', { props: { fills: solid('#00FF00') } })]);
  const writes = merged(base, ours, target(base)).map(({ outcome }) =>
    outcome.kind === 'change' ? outcome.operation.write : outcome.kind,
  );
  expect(writes).toMatchObject([
    { kind: 'set', layerId: 't-title', property: 'fills', before: solid('#FF0000'), after: solid('#00FF00') },
    { kind: 'set', layerId: 't-title', property: 'characters', before: 'Buy', after: 'Add to cart' },
  ]);
});
