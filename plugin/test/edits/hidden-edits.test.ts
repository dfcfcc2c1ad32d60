import { expect, it } from 'vitest';
import { diffDesigns } from '../../src/edits/diff-designs.js';
import { hiddenEditedLayers } from '../../src/edits/hidden-edits.js';
import { design, text } from './designs.js';

it('names edited layers that are hidden, by themselves or by a layer around them, before or after', () => {
  const screen = (words: string, isShown: boolean) =>
    design([
      text('seen', words),
      { id: 'card', props: { visible: false }, children: [text('in card', words)] },
      text('shown later', words, { props: { visible: isShown } }),
    ]);
  const [base, ours] = [screen('Buy', false), screen('Sell', true)];
  const visible = new Set(['root', 'seen']);
  expect(hiddenEditedLayers(diffDesigns(base, ours), visible, base, ours)).toEqual(['in card', 'shown later']);
});
