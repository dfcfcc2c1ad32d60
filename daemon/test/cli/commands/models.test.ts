import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SamepointError } from '@samepoint/shared-protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { modelsCommand } from '../../../src/cli/commands/models.js';
import { exitCodeOf } from '../../../src/cli/exit-codes.js';
import { openSdCheckpoint } from '../../../src/diffusion/networks/sd-checkpoint.js';
import { emptyPromptStates } from '../../../src/diffusion/prompt/prompt-states.js';
import type { ModelEnvironment } from '../../../src/models/model-environment.js';
import { findModelFiles } from '../../../src/models/resolve-model.js';
import { ModelRoom } from '../../models/model-room.js';
import { smallSd21 } from '../../models/small-sd.js';

let room: ModelRoom;
let environment: ModelEnvironment;
beforeEach(async () => {
  room = await ModelRoom.open();
  environment = room.environment();
});
afterEach(() => room.close());

/** Runs `samepoint models …`. Returns its output, and the exit code and message of a failure. */
async function run(args: string[], onInterrupt: (callback: () => void) => () => void = () => () => {}) {
  const out: string[] = [];
  const notes: string[] = [];
  const command = modelsCommand({
    environment,
    print: (text) => out.push(text),
    note: (text) => notes.push(text),
    isTerminal: false,
    onInterrupt,
  });
  let exitCode = 0;
  let message = '';
  try {
    await command.parseAsync(args, { from: 'user' });
  } catch (thrown) {
    const error = SamepointError.from(thrown);
    exitCode = exitCodeOf(error.code);
    message = `${error.message} ${error.hint}`;
  }
  return { out: out.join(''), notes: notes.join(''), exitCode, message };
}

describe('samepoint models', () => {
  it('list shows every model with its state, also as JSON', async () => {
    const table = await run(['list']);
    expect(table.out.split('\n').map((line) => line.split(/\s+/).slice(0, 2))).toEqual([
      ['id', 'state'],
      ['ui', 'embedded'],
      ['tiny', 'missing'],
      [''],
    ]);
    await run(['pull', 'tiny']);
    const list: { id: string; state: string; licence: string; goodFor: string }[] = JSON.parse(
      (await run(['list', '--json'])).out,
    );
    expect(list[1]).toMatchObject({ id: 'tiny', state: 'ready', licence: 'MIT', goodFor: 'tests' });
  });

  it('pull shows progress on stderr, and reports a complete model', async () => {
    const first = await run(['pull', 'tiny']);
    expect(first.out).toMatch(/^tiny is ready; \d+ kB downloaded\.\n$/);
    expect(first.notes).toMatch(/unet\/model\.safetensors: .* \(100 %\)/);
    expect((await run(['pull', 'tiny'])).out).toBe('tiny is already downloaded.\n');
    expect((await run(['pull', 'ui'])).out).toContain('embedded');
  });

  it('pull of a Stable Diffusion computes the states of the empty prompt for the first run', async () => {
    const { model, repository } = smallSd21();
    room.hub.putRepository(repository);
    environment = room.environment({ catalogue: [model] });
    const { notes, out } = await run(['pull', 'sd21']);
    expect(out).toMatch(/^sd21 is ready; /);
    expect(notes).toContain('Computing the text states of the empty prompt, once for this model.');
    const { text } = openSdCheckpoint(findModelFiles(model, {}, environment).files);
    if (text === undefined) throw new TypeError('it has a text encoder');
    const notAgain = () => Promise.reject(new Error('they were kept'));
    const { dims } = await emptyPromptStates(text, 64, environment.at.promptFolder, notAgain);
    expect(dims).toEqual([1, 77, 64]);
    expect((await run(['pull', 'sd21'])).notes).toBe('');
  });

  it('pull succeeds even if the states of the empty prompt cannot be computed', async () => {
    const { model, repository } = smallSd21();
    const vocabulary = { path: 'tokenizer/vocab.json', content: Buffer.from('{"<|startoftext|>": 0}'), isLarge: false };
    room.hub.putRepository(repository);
    room.hub.putRepository({ ...repository, files: [vocabulary] });
    const files = model.files.map((file) => ({ ...file, size: null, sha256: null }));
    environment = room.environment({ catalogue: [{ ...model, files }] });
    const { notes, out, exitCode } = await run(['pull', 'sd21']);
    expect([exitCode, out]).toEqual([0, expect.stringMatching(/^sd21 is ready; /)]);
    expect(notes).toContain('This failed: ');
  });

  it('pull reports a retry once', async () => {
    room.hub.behaviour = { statuses: Array.from({ length: 20 }, () => ({ status: 502 })) };
    const { notes, message } = await run(['pull', 'tiny']);
    const { host } = new URL(room.hub.url);
    expect(notes).toBe(`Trying again: ${host} answered 502 for org/tiny/unet/config.json.\n`);
    expect(message).toContain('answered 502');
  });

  it('pull stops on Ctrl+C with a message', async () => {
    const stopped = await run(['pull', 'tiny', '--whole'], (callback) => {
      callback();
      return () => {};
    });
    expect(stopped).toMatchObject({ exitCode: 1 });
    expect(stopped.message).toContain('interrupted downloads resume');
  });

  it.each(['pull', 'verify', 'rm'])('%s of an unknown model exits with 2 and names the known ones', async (verb) => {
    expect(await run([verb, 'nope'])).toMatchObject({
      exitCode: 2,
      message: 'Unknown model "nope". Choose one of: tiny.',
    });
  });

  it('add of a damaged file exits with 5', async () => {
    const path = join(room.folder, 'bad.safetensors');
    writeFileSync(path, 'not weights at all');
    const failed = await run(['add', 'tiny', path]);
    expect(failed.exitCode).toBe(5);
    expect(failed.message).toContain('is not a usable safetensors file');
  });

  it('verify exits with 5 when a file is damaged, and with 1 when one is missing', async () => {
    expect(await run(['verify', 'tiny'])).toMatchObject({ exitCode: 1 });
    await run(['pull', 'tiny']);
    expect(await run(['verify', 'tiny'])).toMatchObject({ exitCode: 0 });
    const weights = room.files().find((path) => path.endsWith('model.fp16.safetensors')) ?? '';
    writeFileSync(join(room.folder, weights), 'x');
    expect(await run(['verify', 'tiny'])).toMatchObject({ exitCode: 5 });
  });

  it('rm of a Stable Diffusion removes the states of its empty prompt, and only these', async () => {
    const { model, repository } = smallSd21();
    room.hub.putRepository(repository);
    environment = room.environment({ catalogue: [model] });
    await run(['pull', 'sd21']);
    const { promptFolder } = environment.at;
    writeFileSync(join(promptFolder, 'of-another-model.safetensors'), '');
    expect(readdirSync(promptFolder)).toHaveLength(2);
    expect((await run(['rm', 'sd21'])).out).toMatch(/^Removed from sd21: .*, text states of the empty prompt\.\n$/);
    expect(readdirSync(promptFolder)).toEqual(['of-another-model.safetensors']);
    expect((await run(['rm', 'sd21'])).out).toBe('There is nothing to remove for sd21.\n');
  });

  it('rm lists the removed files', async () => {
    await run(['pull', 'tiny']);
    expect((await run(['rm', 'tiny'])).out).toBe('Removed from tiny: unet/config.json, unet/model.safetensors.\n');
    expect((await run(['rm', 'tiny'])).out).toBe('There is nothing to remove for tiny.\n');
    expect(await run(['rm', 'ui'])).toMatchObject({ exitCode: 2 });
  });
});
