import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  autostartPlan,
  autostartStatus,
  isTransient,
  type LoginHost,
  lastingNode,
  removeAutostart,
  writeAutostart,
} from '../../../src/cli/autostart/autostart.js';
import { autostartSentence } from '../../../src/cli/format/status-report.js';
import { serviceEnvironment } from '../../../src/cli/service/service-environment.js';
import { runCliWith } from '../../support/run-cli.js';
import { useTempFolder } from '../../support/temp-folder.js';

const folder = useTempFolder();

function host(changes: Partial<LoginHost> = {}): LoginHost {
  return {
    platform: 'linux',
    home: folder.path('home'),
    configFolder: folder.path('config'),
    stateFolder: folder.path('state'),
    uid: 501,
    user: 'PC\\me',
    node: '/usr/bin/node',
    script: '/usr/lib/node_modules/samepoint/bin/samepoint.js',
    environment: {},
    ...changes,
  };
}

describe('the file', () => {
  it('is written where each system reads it, with the command that enables it', () => {
    const mac = autostartPlan(host({ platform: 'darwin', home: "/Users/o'hara" }));
    expect(mac.file).toBe("/Users/o'hara/Library/LaunchAgents/io.github.samepoint.daemon.plist");
    expect(mac.enable.command).toBe(
      "launchctl bootstrap gui/501 '/Users/o'\\''hara/Library/LaunchAgents/io.github.samepoint.daemon.plist'",
    );
    expect(mac.disable.command).toBe('launchctl bootout gui/501/io.github.samepoint.daemon');

    const linux = autostartPlan(host({ configFolder: '/home/me/.config' }));
    expect(linux.file).toBe('/home/me/.config/systemd/user/samepoint.service');
    expect(linux.enable.command).toContain('systemctl --user enable --now samepoint.service');

    const windows = autostartPlan(host({ platform: 'win32', stateFolder: 'C:\\Users\\A B\\samepoint' }));
    expect(windows.file).toBe('C:\\Users\\A B\\samepoint\\autostart.xml');
    expect(windows.enable.command).toBe(
      'schtasks /Create /TN Samepoint /XML "C:\\Users\\A B\\samepoint\\autostart.xml" /F',
    );
  });

  it('is UTF-16 with a byte order mark for Task Scheduler', () => {
    const { content } = autostartPlan(host({ platform: 'win32' }));
    expect([...Buffer.from(content).subarray(0, 4)]).toEqual([0xff, 0xfe, 0x3c, 0x00]);
  });

  it.each([
    ['another system', { platform: 'freebsd' }, 'cannot start at login on freebsd'],
    ['a path that Task Scheduler would change', { platform: 'win32', node: 'C:\\%TEMP%\\node.exe' }, 'percent signs'],
  ] as const)('is refused for %s', (_what, changes, sentence) => {
    expect(() => autostartPlan(host(changes))).toThrow(sentence);
  });

  it('is refused where another file is in its way', () => {
    writeFileSync(folder.path('taken'), '');
    expect(() => writeAutostart(host({ configFolder: folder.path('taken') }))).toThrow(
      /cannot be written: a part of the path is a file\./,
    );
  });
});

describe('the state', () => {
  it('is off, written, on and off again', () => {
    const mine = host({ configFolder: folder.path('cycle') });
    expect(autostartStatus(mine).state).toBe('off');
    const { file, enabledLink = '' } = writeAutostart(mine);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(autostartStatus(mine)).toEqual({ state: 'written', file });
    mkdirSync(dirname(enabledLink));
    symlinkSync(file, enabledLink);
    expect(autostartStatus(mine).state).toBe('on');
    expect(removeAutostart(mine)?.file).toBe(file);
    expect([existsSync(file), autostartStatus(mine).state]).toEqual([false, 'off']);
    expect(() => readFileSync(enabledLink)).toThrow('ENOENT');
    expect(removeAutostart(mine)).toBeUndefined();
  });

  it.each(['darwin', 'linux'] as const)('is outdated on %s if another installation is started', (platform) => {
    const mine = host({ platform, home: folder.path('moved'), configFolder: folder.path('moved') });
    writeAutostart(mine);
    expect(autostartStatus(mine).state).not.toBe('outdated');
    expect(autostartStatus({ ...mine, environment: { SAMEPOINT_DEVICE: '1' } }).state).not.toBe('outdated');
    expect(autostartStatus({ ...mine, node: '/opt/node' }).state).toBe('outdated');
  });
});

describe('an installation that may vanish', () => {
  it.each([
    ['/home/me/.npm/_npx/0a1b/node_modules/samepoint/bin/samepoint.js', true],
    ['C:\\Users\\me\\AppData\\Local\\npm-cache\\_npx\\0a\\node_modules\\samepoint\\bin\\samepoint.js', true],
    ['/home/me/.cache/pnpm/dlx/0a/node_modules/samepoint/bin/samepoint.js', true],
    ['/temp/x/samepoint/bin/samepoint.js', true],
    ['/temporary/samepoint/bin/samepoint.js', false],
    ['/usr/lib/node_modules/samepoint/bin/samepoint.js', false],
  ])('%s: %s', (script, expected) => {
    expect(isTransient(script, '/temp')).toBe(expected);
  });

  it('cannot be started at login', () => {
    const script = '/home/me/.npm/_npx/0a1b/node_modules/samepoint/bin/samepoint.js';
    expect(() => writeAutostart(host({ script }))).toThrow('temporary folder');
    expect(existsSync(folder.path('config/systemd'))).toBe(false);
    const status = autostartStatus(host({ script }));
    expect(status).toMatchObject({ state: 'off', isTransient: true });
    expect(autostartSentence(status, 'npx samepoint')).toContain('npm install --global samepoint');
  });

  it('is not the Node of Homebrew, whose link stays', () => {
    expect(lastingNode('/opt/homebrew/Cellar/node@22/22.1.0/bin/node')).toBe('/opt/homebrew/opt/node@22/bin/node');
    expect(lastingNode('/usr/local/bin/node')).toBe('/usr/local/bin/node');
  });
});

it('passes folders as absolute paths, and no tokens', () => {
  const env = {
    SAMEPOINT_STATE_DIR: 'state',
    HF_HOME: '~/hf',
    SAMEPOINT_PROVIDER: 'cpu',
    NODE_EXTRA_CA_CERTS: 'ca.pem',
    HF_TOKEN: 'secret',
  };
  expect(serviceEnvironment(env)).toEqual({
    SAMEPOINT_STATE_DIR: `${process.cwd()}/state`,
    HF_HOME: '~/hf',
    NODE_EXTRA_CA_CERTS: `${process.cwd()}/ca.pem`,
    SAMEPOINT_PROVIDER: 'cpu',
  });
});

it.runIf(process.platform === 'linux')('samepoint autostart writes, shows and removes the unit', async () => {
  const env = {
    XDG_CONFIG_HOME: folder.path('cli'),
    SAMEPOINT_STATE_DIR: folder.path('state'),
    // this clone may be in the system's temporary folder
    TMPDIR: folder.path('temp'),
    npm_command: undefined,
  };
  const unit = folder.path('cli/systemd/user/samepoint.service');
  const on = await runCliWith(env, 'autostart', 'on');
  expect(on).toMatchObject({ code: 0, stderr: '' });
  expect(on.stdout).toContain(`Wrote ${unit}.`);
  expect(on.stdout).toContain('systemctl --user enable --now samepoint.service');
  const status = await runCliWith(env, 'autostart', 'status', '--json');
  expect(JSON.parse(status.stdout)).toEqual({ state: 'written', file: unit });
  const off = await runCliWith(env, 'autostart', 'off');
  expect(off.stdout).toContain(`Removed ${unit}.`);
  expect(existsSync(unit)).toBe(false);
});
