import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SamepointError } from '@samepoint/shared-protocol';
import type { Command } from 'commander';
import { beforeEach, describe, expect, it } from 'vitest';
import { alignCommand } from '../../src/cli/commands/align.js';
import { evalCommand } from '../../src/cli/commands/eval.js';
import { featuresCommand } from '../../src/cli/commands/features.js';
import { inspectCommand } from '../../src/cli/commands/inspect.js';
import { matchCommand } from '../../src/cli/commands/match.js';
import { trackCommand } from '../../src/cli/commands/track.js';
import { warpCommand } from '../../src/cli/commands/warp.js';
import { useTempFolder } from '../support/temp-folder.js';

const folder = useTempFolder();

const VIT = fileURLToPath(new URL('../fixtures/vit/dinov2', import.meta.url));

/** No file is an image: a command that reads one before it claims its outputs fails otherwise. */
const FILES = [
  ...['home.png', 'dark.png', 'dark-warped.png', 'sticker.png', 'mask.png', 'points.csv', 'noise.npy', 'aligned.png'],
  ...['frames/1.jpg', 'frames/2.jpg', 'stills/1.png', 'stills/2.png', 'set/pairs.json', 'set/report.html'],
  ...['out/home-dark.png', 'out/dark-warped.png', 'out/overlay.png', 'out/residual.png', 'out/track.json', 'out/2.png'],
  ...['out/overlay/1.png', 'out/heat.png', 'out/map.npy', 'home-home-dark.png'],
];

beforeEach(() => {
  for (const name of FILES) {
    mkdirSync(dirname(folder.path(name)), { recursive: true });
    writeFileSync(folder.path(name), name);
  }
});

const POINTS = ['--points', '1,1'];
const EDIT = ['--edit', 'sticker.png'];

type Case = [command: () => Command, args: string[], message: string];

/** Words with a dot or a slash, and some folders, are paths in the folder of the test. */
const inFolder = (word: string) =>
  /^[\w/-]+\.\w+$|^(out|frames|stills|set|\.)$/.test(word) ? folder.path(word) : word;

async function failureOf(command: Command, args: readonly string[]): Promise<string> {
  const failed = command.parseAsync(args.map(inFolder), { from: 'user' }).then(() => new Error('nothing was refused'));
  const { message, hint } = SamepointError.from(await failed.catch((thrown: unknown) => thrown));
  return `${message} ${hint}`.replaceAll(folder.path('/'), '');
}

function expectUntouched(): void {
  for (const name of FILES) expect(readFileSync(folder.path(name), 'utf8'), name).toBe(name);
}

describe('existing files are refused before any work', () => {
  it.each<Case>([
    [matchCommand, ['home.png', 'dark.png', ...POINTS, '--out', 'out'], 'out/home-dark.png exists.'],
    [warpCommand, ['home.png', 'dark.png', 'mask.png', ...EDIT, '--out', 'out'], 'out/dark-warped.png exists.'],
    [alignCommand, ['home.png', 'dark.png', '--out', 'out'], 'out/overlay.png exists (and 1 more).'],
    [inspectCommand, ['home.png', 'dark.png', '--point', '1,1', '--out', 'out/heat.png'], 'out/heat.png exists.'],
    [inspectCommand, ['home.png', 'dark.png', '--point', '1,1', '--map', 'out/map.npy'], 'out/map.npy exists.'],
    [featuresCommand, ['home.png', '--out', 'out/map.npy'], 'out/map.npy exists.'],
    [trackCommand, ['frames', '--mask', 'mask.png', '--out', 'out'], 'out/2.png exists (and 1 more).'],
    [
      trackCommand,
      ['frames', '--points', 'noise.npy', '--out', 'out', '--overlay'],
      'out/track.json exists (and 1 more).',
    ],
    [evalCommand, ['pairs', 'set', '--report', 'set/report.html'], 'set/report.html exists.'],
  ])('%o', async (command, args, message) => {
    const created = command();
    expect(await failureOf(created, args), created.name()).toMatch(
      `${message} Use --force to replace ${message.includes('more') ? 'them' : 'it'}, or choose another `,
    );
    expectUntouched();
  });
});

describe('inputs are refused with --force too', () => {
  it.each<Case>([
    [matchCommand, ['home.png', 'home-dark.png', 'home-home-dark.png', ...POINTS, '--out', '.'], 'home-home-dark.png'],
    [warpCommand, ['home.png', 'dark.png', 'dark-warped.png', ...EDIT, '--out', '.'], 'dark-warped.png'],
    [alignCommand, ['home.png', 'aligned.png', '--out', '.'], 'aligned.png'],
    [inspectCommand, ['home.png', 'dark.png', '--point', '1,1', '--out', 'dark.png'], 'dark.png'],
    [inspectCommand, ['home.png', 'dark.png', '--point', '1,1', '--map', 'home.png'], 'home.png'],
    [featuresCommand, ['home.png', '--out', 'home.png'], 'home.png'],
    [featuresCommand, ['home.png', '--noise', 'noise.npy', '--out', 'noise.npy'], 'noise.npy'],
    [trackCommand, ['frames', '--points', 'points.csv', '--out', '.'], 'points.csv'],
    [evalCommand, ['pairs', 'set', '--report', 'set/pairs.json'], 'set/pairs.json'],
  ])('%o', async (command, args, file) => {
    const created = command();
    expect(await failureOf(created, [...args, '--force']), created.name()).toMatch(
      new RegExp(`^Cannot write ${file}: it is (an input of this command|the input set)\\. Choose another path for --`),
    );
    expectUntouched();
  });

  it.each([
    ['their own folder', ['stills', '--mask', 'mask.png', '--out', 'stills']],
    ['their own folder, though the masks have other names', ['frames', '--mask', 'mask.png', '--out', 'frames']],
  ])('frames: %s', async (_, args) => {
    expect(await failureOf(trackCommand(), [...args, '--force'])).toBe(
      'The results would overwrite the frames. Choose another folder for --out.',
    );
    expectUntouched();
    expect(readdirSync(folder.path('frames'))).toEqual(['1.jpg', '2.jpg']);
  });
});

it('weights are inputs', async () => {
  for (const name of ['model.safetensors', 'config.json']) cpSync(`${VIT}/${name}`, folder.path(name));
  const weights = ['--checkpoint', 'model.safetensors', '--network', 'vit', '--size', '56x56'];
  expect(await failureOf(featuresCommand(), ['home.png', ...weights, '--out', 'config.json', '--force'])).toContain(
    'config.json: it is an input of this command.',
  );
});
