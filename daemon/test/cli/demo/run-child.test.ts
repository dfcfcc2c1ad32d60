import { once } from 'node:events';
import { existsSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runChild } from '../../../src/cli/demo/run-child.js';
import { useTempFolder } from '../../support/temp-folder.js';

const folder = useTempFolder();
const never = new AbortController().signal;

function script(name: string, source: string): string {
  const path = folder.path(name);
  writeFileSync(path, source);
  return path;
}

describe('a child of the demo', () => {
  it('runs in the folder, and its output and exit code are returned', async () => {
    const path = script('says.mjs', 'console.log(process.cwd()); console.error("no"); process.exitCode = 3;');
    const cwd = folder.path('.');
    const run = await runChild([path], { cwd, signal: never });
    expect(run).toEqual({ code: 3, stdout: expect.stringContaining('samepoint-test-'), stderr: 'no\n' });
  });

  it('ends when the demo is interrupted', async () => {
    const started = folder.path('started');
    const path = script(
      'waits.mjs',
      `import { writeFileSync } from 'node:fs';
      setInterval(() => {}, 1000);
      writeFileSync(${JSON.stringify(started)}, String(process.pid));`,
    );
    const interrupted = new AbortController();
    const watcher = watch(folder.path('.'));
    const run = runChild([path], { cwd: folder.path('.'), signal: interrupted.signal });
    while (!existsSync(started) || readFileSync(started, 'utf8') === '') await once(watcher, 'change');
    watcher.close();
    const pid = Number(readFileSync(started, 'utf8'));
    interrupted.abort();
    expect((await run).code).toBeNull();
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });
});
