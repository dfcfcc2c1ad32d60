import { expect, it } from 'vitest';
import { random } from '../../mockups/random.js';

it('is equal for equal keys and differs for a key with another last letter', () => {
  const draw = (key: string) =>
    Array.from(
      { length: 8 },
      (
        (rng) => () =>
          rng.next()
      )(random('pair', key)),
    );
  expect(draw('train-1-7')).toEqual(draw('train-1-7'));
  expect(draw('train-1-8')).not.toEqual(draw('train-1-7'));
});

it('covers a range evenly over many keys', () => {
  const counts = [0, 0, 0, 0];
  for (let key = 0; key < 4000; key++) {
    const at = random('spread', key).whole(0, 3);
    counts[at] = (counts[at] ?? 0) + 1;
  }
  for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(120);
});
