import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DEMO_COMMANDS } from '../../../src/cli/demo/demo-commands.js';
import { runCli, runCliWith } from '../../support/run-cli.js';
import { useTempFolder } from '../../support/temp-folder.js';

const folder = useTempFolder();

// all commands succeed in test/documents/runnable.test.ts
describe('samepoint demo', () => {
  it('only copies the samples with --no-run, and lists the commands', async () => {
    const out = folder.path('copied');
    const run = await runCliWith({ npm_command: 'exec' }, 'demo', out, '--no-run');
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toContain('$ npx samepoint match home.png dark.png german.png --points "120,80 642,472"');
    expect(existsSync(`${out}/home.png`)).toBe(true);
    expect(existsSync(`${out}/matches`)).toBe(false);
  });

  it('refuses a folder with other files', async () => {
    mkdirSync(folder.path('others'));
    writeFileSync(folder.path('others/notes.txt'), '');
    expect(await runCli('demo', folder.path('others'))).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/it has other files\. Choose a new or an empty folder\.\n$/),
    });
  });

  it('goes on after a command that fails, and exits with 1', async () => {
    const env = { SAMEPOINT_PROVIDER: 'abacus', SAMEPOINT_STATE_DIR: folder.path('state') };
    const run = await runCliWith(env, 'demo', folder.path('failing'));
    expect(run.code).toBe(1);
    const steps = run.stdout.match(/^\d+\/\d+ {2}/gm);
    expect(steps).toHaveLength(DEMO_COMMANDS.length);
    expect(run.stdout).toMatch(/abacus.*\n {2}Failed with exit code 2\.\n/);
    expect(run.stdout).toMatch(/of 9 commands failed: Find two points and a card/);
  });
});
