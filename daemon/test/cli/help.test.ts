import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/command-list.js';
import { runCli, runCliInto } from '../support/run-cli.js';

describe('help', () => {
  it.each([
    ['samepoint --help', ['--help'], 'match'],
    ['samepoint -h', ['-h'], 'start'],
    ['samepoint help', ['help'], 'match'],
    ['samepoint match --help', ['match', '--help'], '--points'],
    ['samepoint help match', ['help', 'match'], '--boxes'],
    ['samepoint start --help', ['start', '--help'], '--port'],
    ['samepoint help start', ['help', 'start'], '--port'],
  ])('%s prints to stdout and exits with 0', async (_command, args, mentioned) => {
    const { code, stdout, stderr } = await runCli(...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Usage: samepoint/);
    expect(stdout).toContain(mentioned);
  });

  it('does not fail on a closed pipe', async () => {
    expect(await runCliInto('closed pipe', 'align', '--help')).toEqual({ code: 0, stderr: '' });
  });

  it.runIf(existsSync('/dev/full'))('fails with a message if the output cannot be written', async () => {
    const { code, stderr } = await runCliInto('/dev/full', 'align', '--help');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^samepoint: The output cannot be written \(ENOSPC\)\. .*\n$/);
  });

  it('--version prints the version of the package', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    expect(await runCli('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it.each([
    ['an unknown command', ['mtach'], /unknown command 'mtach'/],
    ['the name of a method', ['toString'], /unknown command 'toString'/],
    ['a port that is none', ['start', '--port', '70000'], /Expected a number from 0/],
  ])('%s exits with 2 and a message', async (_what, args, sentence) => {
    const { code, stdout, stderr } = await runCli(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(sentence);
  });
});

describe('the help of each command', () => {
  it.each(Object.entries(COMMANDS))(
    '%s: an example first, then its own options before the shared ones',
    async (name, load) => {
      const command = await load();
      for (const one of [command, ...command.commands]) {
        const path = one === command ? name : `${name} ${one.name()}`;
        expect(one.helpInformation()).toMatch(
          new RegExp(`^Usage: .*\\n\\n[^\\n]+\\.?\\n[^]*?Example:\\n {2}samepoint ${path}`),
        );
        const groups = [...new Set(one.options.map(({ helpGroupHeading = 'Options:' }) => helpGroupHeading))];
        expect(groups).toEqual(
          ['Options:', 'Matching:', 'Features:', 'Device:'].filter((group) => groups.includes(group)),
        );
      }
    },
  );
});
