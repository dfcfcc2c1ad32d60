import { expect, it } from 'vitest';
import { warpedNames } from '../../src/cli/files/write-warped.js';

it('gives every target a file of its own, whatever the files are called', () => {
  expect(warpedNames(['a/home.png', 'b/home.jpg', 'home-2.png', 'other.png'])).toEqual([
    'home-warped.png',
    'home-2-warped.png',
    'home-2-2-warped.png',
    'other-warped.png',
  ]);
});
