import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REPOSITORY } from './documents.js';
import { applyDiff, blocksOf } from './worked-example.js';

const PAGE = readFileSync(join(REPOSITORY, 'docs/add-a-backend.md'), 'utf8');
const COMMANDS = blocksOf(PAGE, 'sh').flatMap((block) => block.trim().split('\n'));
/** Replacements for commands of the page: the build excludes the plugin. */
const PROGRAMS: Readonly<Record<string, readonly string[]>> = {
  'npm run build': ['node_modules/typescript/bin/tsc', '-p', 'daemon'],
  'npx samepoint': ['daemon/bin/samepoint.js'],
  'npx vitest': ['node_modules/vitest/vitest.mjs'],
};
/** Limit for hanging commands. */
const TIMEOUT_MS = 300_000;

let copy = '';

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'samepoint-example-'));
  for (const path of ['daemon/src', 'daemon/bin', 'daemon/models', 'daemon/package.json', 'daemon/tsconfig.json'])
    cpSync(join(REPOSITORY, path), join(copy, path), { recursive: true });
  for (const path of ['daemon/test', 'package.json', 'tsconfig.base.json', 'vitest.config.ts', 'scripts'])
    cpSync(join(REPOSITORY, path), join(copy, path), { recursive: true });
  for (const path of ['node_modules', 'shared-protocol'])
    symlinkSync(join(REPOSITORY, path), join(copy, path), 'junction');
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

async function run(command: string): Promise<{ code: number; output: string }> {
  const [name, program] = Object.entries(PROGRAMS).find(([start]) => command.startsWith(start)) ?? [];
  if (name === undefined || program === undefined) throw new Error(`the test cannot run: ${command}`);
  const args = command.slice(name.length).trim().split(/\s+/).filter(Boolean);
  const env = {
    ...process.env,
    SAMEPOINT_STATE_DIR: join(copy, 'state'),
    SAMEPOINT_CACHE_DIR: join(copy, 'cache'),
    HF_HOME: join(copy, 'hf'),
  };
  const started = promisify(execFile)(process.execPath, [...program, ...args], { cwd: copy, env });
  return started.then(
    ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
    (error) => ({ code: error.code, output: `${error.stdout}${error.stderr}` }),
  );
}

it('the worked example compiles, and its commands and its test pass', { timeout: TIMEOUT_MS }, async () => {
  for (const diff of blocksOf(PAGE, 'diff')) applyDiff(diff, copy);
  expect(COMMANDS.length).toBeGreaterThan(3);
  for (const command of COMMANDS) {
    const { code, output } = await run(command);
    expect({ command, code, output: code === 0 ? '' : output }).toEqual({ command, code: 0, output: '' });
  }
  expect(existsSync(join(copy, 'features.npy'))).toBe(true);
});

describe('a diff of a page', () => {
  const diff = '--- a/x.txt\n+++ b/x.txt\n@@ list\n one\n-two\n+three\n';

  it('replaces lines next to the unchanged ones of the file', () => {
    writeFileSync(join(copy, 'x.txt'), 'zero\none\ntwo\nfour\n');
    applyDiff(diff, copy);
    expect(readFileSync(join(copy, 'x.txt'), 'utf8')).toBe('zero\none\nthree\nfour\n');
  });

  it.each(['zero\n', 'one\ntwo\none\ntwo\n'])('is rejected unless the file has them exactly once', (text) => {
    writeFileSync(join(copy, 'x.txt'), text);
    expect(() => applyDiff(diff, copy)).toThrow('x.txt has');
  });
});
