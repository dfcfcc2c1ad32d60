import { describe, expect, it } from 'vitest';
import {
  launchAgent,
  programIn,
  type Service,
  scheduledTask,
  systemdUnit,
} from '../../../src/cli/autostart/service-files.js';

const SERVICE: Service = {
  node: '/opt/my node/bin/node',
  script: '/home/o\'hara & co/100%/"x"\\$y/samepoint.js',
  environment: { SAMEPOINT_STATE_DIR: '/home/o\'hara & co/100%/"x"\\$y' },
};

/** The texts of all elements of a name. */
function textsOf(xml: string, element: string): string[] {
  const entities: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&amp;': '&' };
  return [...xml.matchAll(new RegExp(`<${element}>([^<]*)</${element}>`, 'g'))].map(([, text = '']) => {
    expect(text.replace(/&(?:lt|gt|quot|amp);/g, '')).not.toMatch(/[&"]/);
    return text.replace(/&\w+;/g, (entity) => entities[entity] ?? entity);
  });
}

/** The value of a key of a property list. */
function stringOf(plist: string, key: string): string | undefined {
  return new RegExp(`<key>${key}</key>\\s*<string>([^<]*)</string>`).exec(plist)?.[1];
}

describe('the launchd agent', () => {
  const plist = launchAgent(SERVICE, '/state & more/daemon.log');

  it('starts Node with the script as single arguments', () => {
    const [argumentList = ''] = /<array>.*<\/array>/s.exec(plist) ?? [];
    expect(textsOf(argumentList, 'string')).toEqual([SERVICE.node, SERVICE.script, 'start']);
    expect(textsOf(plist, 'string')).toContain(SERVICE.environment.SAMEPOINT_STATE_DIR);
  });

  it('logs errors, but not the pairing code on standard output', () => {
    expect(stringOf(plist, 'StandardErrorPath')).toBe('/state &amp; more/daemon.log');
    expect(stringOf(plist, 'StandardOutPath')).toBe('/dev/null');
  });

  it('starts at login, and again only after a failure', () => {
    expect(plist).toMatch(/<key>RunAtLoad<\/key>\s*<true\/>/);
    expect(plist).toMatch(/<key>SuccessfulExit<\/key>\s*<false\/>/);
  });
});

describe('the systemd unit', () => {
  const unit = systemdUnit(SERVICE);

  it('escapes quotes, backslashes, specifiers, and variables of the command', () => {
    expect(unit).toContain(
      'ExecStart=/usr/bin/env "/opt/my node/bin/node" "/home/o\'hara & co/100%%/\\"x\\"\\\\$$y/samepoint.js" start\n',
    );
    expect(unit).toContain('Environment="SAMEPOINT_STATE_DIR=/home/o\'hara & co/100%%/\\"x\\"\\\\$y"\n');
  });

  it('starts at login, again only after a failure, and keeps the pairing code out of the journal', () => {
    expect(unit).toContain('\nWantedBy=default.target\n');
    expect(unit).toContain('\nRestart=on-failure\n');
    expect(unit).toContain('\nStandardOutput=null\n');
  });
});

describe('the scheduled task', () => {
  const task = scheduledTask(SERVICE, 'R&D\\user');

  it('starts Node in the background with the script as one argument', () => {
    expect(textsOf(task, 'Command')).toEqual([SERVICE.node]);
    expect(textsOf(task, 'Arguments')).toEqual([`"${SERVICE.script}" start --background`]);
  });

  it('is for the logon of one user, without administrator rights', () => {
    expect(textsOf(task, 'UserId')).toEqual(['R&D\\user', 'R&D\\user']);
    expect(textsOf(task, 'RunLevel')).toEqual(['LeastPrivilege']);
    expect(textsOf(task, 'LogonType')).toEqual(['InteractiveToken']);
  });
});

it('the file of a format names its program', () => {
  const files = {
    launchd: launchAgent(SERVICE, '/log'),
    systemd: systemdUnit(SERVICE),
    task: scheduledTask(SERVICE, 'me'),
  };
  const moved = { ...SERVICE, script: '/opt/samepoint.js' };
  for (const format of ['launchd', 'systemd', 'task'] as const) {
    expect(programIn(format, SERVICE).every((part) => files[format].includes(part))).toBe(true);
    expect(programIn(format, moved).every((part) => files[format].includes(part))).toBe(false);
  }
});
