import { describe, expect, it } from 'vitest';
import { type SweepAxis, sweepOption, sweepPasses } from '../../../src/cli/options/sweep-options.js';

/** Parses `--sweep` options like the command. */
function axesOf(...texts: string[]): SweepAxis[] {
  const { parseArg } = sweepOption();
  return texts.reduce<SweepAxis[]>((axes, text) => parseArg?.(text, axes) as SweepAxis[], []);
}

const passes = (...texts: string[]) => sweepPasses(axesOf(...texts), { cache: true });
const labels = (...texts: string[]) => passes(...texts).map((pass) => pass.map(({ label }) => label));

describe('a sweep', () => {
  it('combines all values; combinations of a pass differ only in the block', () => {
    expect(labels('up-ft-index=0,2', 't=101,261')).toEqual([
      ['t=101 up-ft-index=0', 't=101 up-ft-index=2'],
      ['t=261 up-ft-index=0', 't=261 up-ft-index=2'],
    ]);
    expect(labels('ensemble=1,8', 'seed=3')).toEqual([['ensemble=1 seed=3'], ['ensemble=8 seed=3']]);
  });

  it('has options and settings for its values', () => {
    expect(passes('ensemble=4', 'size=512,768x512').flat()).toEqual([
      { label: 'ensemble=4 size=512', options: { ensemble: 4, size: 512 }, settings: { ensembleSize: 4, size: 512 } },
      {
        label: 'ensemble=4 size=768x512',
        options: { ensemble: 4, size: { width: 768, height: 512 } },
        settings: { ensembleSize: 4, size: { width: 768, height: 512 } },
      },
    ]);
  });

  it('without axes is a single combination', () => {
    expect(passes()).toEqual([[{ label: '', options: {}, settings: {} }]]);
  });

  it.each<[string, string[], RegExp]>([
    ['an unknown name', ['upftindex=1'], /^--sweep cannot vary "upftindex"\.$/],
    ['the name of a method', ['toString=1'], /^--sweep cannot vary "toString"\.$/],
    ['an option that cannot be swept', ['backend=ui'], /^--sweep cannot vary "backend"\.$/],
    ['no list', ['t'], /^--sweep t has no values\.$/],
    ['an empty list', ['t='], /^--sweep t has no values\.$/],
    ['a value that is missing', ['t=1,,2'], /^"" is not a value of t\.$/],
    ['a word', ['t=many'], /^"many" is not a value of t\.$/],
    ['a part of a number', ['up-ft-index=1.5'], /^"1\.5" is not a value of up-ft-index\.$/],
    ['half a size', ['size=512x'], /^"512x" is not a value of size\.$/],
    ['a value twice', ['t=1,2,1'], /^--sweep t lists 1 twice\.$/],
    ['a size twice, written in two ways', ['size=512x768,0512x768'], /^--sweep size lists 0512x768 twice\.$/],
    ['a name twice', ['t=1', 't=2'], /^--sweep t is given twice\.$/],
  ])('is refused with a message: %s', (_, texts, message) => {
    const error = expect.objectContaining({ code: 'BAD_REQUEST', message: expect.stringMatching(message) });
    expect(() => axesOf(...texts)).toThrow(error);
  });

  it('is refused for an option that is given', () => {
    expect(() => sweepPasses(axesOf('t=1,2'), { cache: true, t: 5 })).toThrow('--t conflicts with --sweep t.');
    expect(() => sweepPasses(axesOf('t=1,2'), { cache: true, upFtIndex: 5 })).not.toThrow();
  });
});
