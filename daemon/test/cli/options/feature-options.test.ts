import { cpSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { beforeAll, describe, expect, it } from 'vitest';
import { alignCommand } from '../../../src/cli/commands/align.js';
import { evalCommand } from '../../../src/cli/commands/eval.js';
import { featuresCommand } from '../../../src/cli/commands/features.js';
import { inspectCommand } from '../../../src/cli/commands/inspect.js';
import { matchCommand } from '../../../src/cli/commands/match.js';
import { trackCommand } from '../../../src/cli/commands/track.js';
import { warpCommand } from '../../../src/cli/commands/warp.js';
import { describeChoice, parseSize } from '../../../src/cli/options/feature-options.js';
import { draw, encoder } from '../../support/draw.js';
import { runCli } from '../../support/run-cli.js';
import { useTempFolder } from '../../support/temp-folder.js';

const FIXTURES = fileURLToPath(new URL('../../fixtures', import.meta.url));
const ADM = `${FIXTURES}/adm/official`;
const CHECKPOINT = ['--checkpoint', ADM, '--network', 'adm', '--t', '51', '--size', '32'];

const folder = useTempFolder();
const image = () => folder.path('frames/image.png');
const out = () => folder.path('out');

/** Every command that computes features, with its other arguments. */
const COMMANDS: [string, () => Command, () => string[]][] = [
  ['match', matchCommand, () => [image(), image(), '--points', '5,5']],
  ['inspect', inspectCommand, () => [image(), image(), '--point', '5,5']],
  ['warp', warpCommand, () => [image(), image(), '--edit', image(), '--out', out()]],
  ['align', alignCommand, () => [image(), image(), '--out', out()]],
  ['track', trackCommand, () => [folder.path('frames'), '--points', 'p.json', '--out', out()]],
  ['eval', evalCommand, () => ['pairs', folder.path('frames')]],
  ['features', featuresCommand, () => [image(), '--out', `${out()}.npy`]],
];

beforeAll(async () => {
  mkdirSync(folder.path('frames'));
  cpSync(`${FIXTURES}/sd/sd2/unet`, folder.path('tiny/unet'), { recursive: true });
  cpSync(`${FIXTURES}/sd/taesd`, folder.path('tiny/vae'), { recursive: true });
  await encoder(draw(60, 40, [], [90, 120, 200]))
    .png()
    .toFile(folder.path('frames/next.png'));
  await encoder(draw(60, 40)).png().toFile(image());
});

describe('feature options', () => {
  const shared = (create: () => Command) =>
    create()
      .options.filter(({ helpGroupHeading }) => helpGroupHeading === 'Features:')
      .map(({ flags, description }) => `${flags}  ${description}`);

  it.each(COMMANDS)('are the same for every command: %s', (_, create) => {
    expect(shared(create)).toEqual(shared(matchCommand));
    const names = shared(create).map((line) => line.split(' ')[0]);
    expect(names).toEqual([
      ...['--backend', '--preset', '--t', '--up-ft-index', '--ensemble', '--size', '--latent-mode', '--seed'],
      ...['--prompt', '--checkpoint', '--network', '--no-cache'],
    ]);
  });

  it.each(COMMANDS)('are checked against the checkpoint by every command: %s', async (name, _, args) => {
    const { code, stdout, stderr } = await runCli(name, ...args(), ...CHECKPOINT, '--up-ft-index', '6');
    expect({ code, stdout, stderr }).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'samepoint: The network of official has output blocks 0 to 5; there is no 6. Set --up-ft-index to one of them.\n',
    });
  });

  it.each(COMMANDS)('refuse a sample of a latent that TAESD does not have: %s', async (name, _, args) => {
    const sample = [
      '--backend',
      'sd21',
      '--checkpoint',
      folder.path('tiny'),
      '--size',
      '64',
      '--latent-mode',
      'sample',
    ];
    const { code, stderr } = await runCli(name, ...args(), ...sample);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^samepoint: --latent-mode sample has no effect: sd21 uses TAESD, /);
  });

  it('reach the networks of the engine, and are named in the report', {}, async () => {
    const args = [image(), image(), '--points', '5,5', '--json', '--provider', 'cpu', '--no-cache'];
    const { code, stdout } = await runCli('match', ...args, ...CHECKPOINT, '--up-ft-index', '3', '--seed', '2');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      backend: 'official (t=51, up-ft-index=3, size=32, seed=2)',
      calibrated: false,
    });
  });

  it.each([
    [['--t', 'many'], /option '--t <timestep>' argument 'many' is invalid\. Expected a whole number\./],
    [['--size', 'large'], /argument 'large' is invalid\. Expected pixels or WIDTHxHEIGHT/],
    [['--t', '3'], /^samepoint: --t has no effect: ui has no timestep\. Omit --t, or choose another --backend\.\n$/],
    [['--network', 'adm'], /^samepoint: --network describes a checkpoint, and none is given/],
    [['--backend', 'adm', '--t', '1000'], /^samepoint: --t cannot be 1000\. Give a whole number from 0 to 999\.\n$/],
  ])('are refused with a message if they are invalid: %j', async (options, sentence) => {
    const { code, stdout, stderr } = await runCli('match', image(), image(), '--points', '5,5', ...options);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(sentence);
  });
});

describe('a size', () => {
  it('is a side, or a width and a height', () => {
    expect([parseSize('768'), parseSize('768x512')]).toEqual([768, { width: 768, height: 512 }]);
  });

  it.each(['', 'x', '768x', 'x512', '7.5', '768x512x3', '-1'])('is not "%s"', (text) => {
    expect(() => parseSize(text)).toThrow('Expected pixels');
  });
});

describe('features are named', () => {
  it.each([
    [{ backend: 'ui' }, 'ui'],
    [{ backend: 'sd21', preset: 'semantic', prompt: 'a cat' }, 'sd21 (semantic)'],
    [{ backend: 'adm', ensembleSize: 4, t: 0 }, 'adm (t=0, ensemble=4)'],
    [{ backend: 'sd15', checkpoint: '/a/my.safetensors' }, 'sd15 (checkpoint=/a/my.safetensors)'],
    [{ checkpoint: '/a/my.safetensors', size: { width: 8, height: 16 } }, 'my.safetensors (size=8x16)'],
  ])('%j', (choice, name) => {
    expect(describeChoice(choice)).toBe(name);
  });
});
