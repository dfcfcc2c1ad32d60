import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { selfCommand } from '../../src/cli/host-info.js';

it.each([
  ['a global installation', {}, 'samepoint'],
  ['npx', { npm_command: 'exec' }, 'npx samepoint'],
  ['an npm script', { npm_command: 'run-script' }, 'npx samepoint'],
  [
    'npx with a version',
    { npm_command: 'exec', npm_config_package: 'samepoint@0.1.0' },
    'npx --package samepoint@0.1.0 samepoint',
  ],
  [
    'npx with a tarball, in any folder',
    { npm_command: 'exec', npm_config_package: './samepoint-0.1.0.tgz', INIT_CWD: '/downloads' },
    `npx --package ${resolve('/downloads/samepoint-0.1.0.tgz')} samepoint`,
  ],
  [
    'npx with a path that has spaces',
    { npm_command: 'exec', npm_config_package: '/my files/samepoint.tgz' },
    'npx --package "/my files/samepoint.tgz" samepoint',
  ],
])('names the command of %s', (_what, env, command) => {
  expect(selfCommand(env)).toBe(command);
});
