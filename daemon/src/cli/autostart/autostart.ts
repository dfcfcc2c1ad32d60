import { existsSync, lstatSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { homedir, tmpdir, userInfo } from 'node:os';
import { dirname, join, posix, resolve, sep, win32 } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SamepointError } from '@samepoint/shared-protocol';
import { stateDir } from '../../app-folders.js';
import { writeFailure } from '../../write-failure.js';
import { makeFolder, writeFileAtomic } from '../../write-files.js';
import { logFile } from '../service/log-file.js';
import { serviceEnvironment } from '../service/service-environment.js';
import { LAUNCHD_LABEL, launchAgent, programIn, type Service, scheduledTask, systemdUnit } from './service-files.js';

const BIN = fileURLToPath(new URL('../../../bin/samepoint.js', import.meta.url));
const UNIT = 'samepoint.service';
const TASK = 'Samepoint';
/** Folders of `npx`, `pnpm dlx` and the like, which their programs empty. */
const CACHE_OF_RUNNER = /[\\/](_npx|dlx(-[^\\/]*)?)[\\/]/;

/** The computer and user that a daemon starts for. */
export interface LoginHost extends Service {
  platform: NodeJS.Platform;
  home: string;
  /** Folder of user configuration on Linux. */
  configFolder: string;
  stateFolder: string;
  /** User id on macOS. */
  uid: number;
  /** `DOMAIN\name` on Windows. */
  user: string;
}

export function thisHost(env: NodeJS.ProcessEnv = process.env): LoginHost {
  const home = homedir();
  return {
    platform: process.platform,
    home,
    configFolder: env.XDG_CONFIG_HOME || join(home, '.config'),
    stateFolder: resolve(stateDir(env)),
    uid: process.getuid?.() ?? 0,
    user: env.USERDOMAIN && env.USERNAME ? `${env.USERDOMAIN}\\${env.USERNAME}` : userInfo().username,
    node: lastingNode(process.execPath),
    script: BIN,
    environment: serviceEnvironment(env),
  };
}

/** Homebrew deletes the folder of a version at its next upgrade; the link in `opt` stays. */
export function lastingNode(execPath: string): string {
  return execPath.replace(/^(.*)\/Cellar\/(node[^/]*)\/[^/]+\/bin\/node$/, '$1/opt/$2/bin/node');
}

/** The file that starts the daemon at login, and how it takes effect. */
export interface AutostartPlan {
  file: string;
  content: string | Buffer;
  /** What the system does with the file by itself. */
  note: string;
  /** Command that enables it, and what that is for. */
  enable: { purpose: string; command: string };
  disable: { purpose: string; command: string };
  /** Link that `enable` makes, if its existence can be checked. */
  enabledLink?: string;
}

/**
 * What `autostart on` does on this platform.
 * @throws SamepointError `BAD_REQUEST` on other platforms, and for paths that the system would change
 */
export function autostartPlan(host: LoginHost): AutostartPlan {
  if (host.platform === 'darwin') return launchdPlan(host);
  if (host.platform === 'linux') return systemdPlan(host);
  if (host.platform === 'win32') return taskPlan(host);
  throw new SamepointError(
    'BAD_REQUEST',
    `Samepoint cannot start at login on ${host.platform}.`,
    'Use the tools of your system to run samepoint start at login.',
  );
}

function launchdPlan(host: LoginHost): AutostartPlan {
  const file = posix.join(host.home, 'Library', 'LaunchAgents', `${LAUNCHD_LABEL}.plist`);
  return {
    file,
    content: launchAgent(host, logFile(host.stateFolder)),
    note: 'macOS starts Samepoint at each login from now on.',
    enable: {
      purpose: 'To start it now as well:',
      command: `launchctl bootstrap gui/${host.uid} ${quoteForShell(file)}`,
    },
    disable: {
      purpose: 'To stop it now, unless it was not started since the last login:',
      command: `launchctl bootout gui/${host.uid}/${LAUNCHD_LABEL}`,
    },
  };
}

function systemdPlan(host: LoginHost): AutostartPlan {
  const folder = posix.join(host.configFolder, 'systemd', 'user');
  return {
    file: posix.join(folder, UNIT),
    content: systemdUnit(host),
    note: 'It takes effect once it is enabled.',
    enable: {
      purpose: 'To enable it and start it now:',
      command: `systemctl --user daemon-reload && systemctl --user enable --now ${UNIT}`,
    },
    disable: { purpose: 'To tell systemd:', command: 'systemctl --user daemon-reload' },
    enabledLink: posix.join(folder, 'default.target.wants', UNIT),
  };
}

function taskPlan(host: LoginHost): AutostartPlan {
  const file = win32.join(host.stateFolder, 'autostart.xml');
  const path = [host.node, host.script].find((text) => /%[^%]+%/.test(text));
  if (path !== undefined) {
    throw new SamepointError(
      'BAD_REQUEST',
      `Task Scheduler would replace the part between percent signs in ${path}.`,
      'Install Samepoint in a folder without percent signs.',
    );
  }
  return {
    file,
    // schtasks reads UTF-16 with a byte order mark
    content: Buffer.from(`\uFEFF${scheduledTask(host, host.user)}`, 'utf16le'),
    note: 'It takes effect once the task is created, which needs no administrator.',
    enable: { purpose: 'To create the task:', command: `schtasks /Create /TN ${TASK} /XML "${file}" /F` },
    disable: { purpose: 'To delete the task:', command: `schtasks /Delete /TN ${TASK} /F` },
  };
}

/**
 * `on`: takes effect at the next login. `written`: its command has not been run, or that is unknown (Windows).
 * `outdated`: it starts another installation.
 */
export interface AutostartStatus {
  state: 'off' | 'on' | 'written' | 'outdated' | 'unsupported';
  file?: string;
  /** This installation may vanish, so it cannot be turned on. */
  isTransient?: true;
}

export function autostartStatus(host: LoginHost = thisHost()): AutostartStatus {
  let plan: AutostartPlan;
  try {
    plan = autostartPlan(host);
  } catch {
    return { state: 'unsupported' };
  }
  const { file, enabledLink } = plan;
  if (!existsSync(file)) return { state: 'off', file, ...(isTransient(host.script) ? { isTransient: true } : {}) };
  if (!isTransient(host.script) && !startsThis(host, file)) return { state: 'outdated', file };
  const isEnabled = enabledLink === undefined ? host.platform === 'darwin' : hasLink(enabledLink);
  return { state: isEnabled ? 'on' : 'written', file };
}

/** Whether the file starts this installation. Its environment may be that of another shell. */
function startsThis(host: LoginHost, file: string): boolean {
  const format = host.platform === 'darwin' ? 'launchd' : host.platform === 'linux' ? 'systemd' : 'task';
  const text = readFileSync(file, format === 'task' ? 'utf16le' : 'utf8');
  return programIn(format, host).every((part) => text.includes(part));
}

/**
 * Writes the file that starts the daemon at login.
 * @throws SamepointError `BAD_REQUEST` if this installation may vanish or the file cannot be written
 */
export function writeAutostart(host: LoginHost = thisHost()): AutostartPlan {
  if (isTransient(host.script)) {
    throw new SamepointError(
      'BAD_REQUEST',
      `This Samepoint is in a temporary folder (${dirname(dirname(host.script))}), which may be emptied.`,
      'Install it first: npm install --global samepoint',
    );
  }
  const plan = autostartPlan(host);
  try {
    makeFolder(dirname(plan.file));
    // variables may have passwords of proxies
    writeFileAtomic(plan.file, plan.content, 0o600);
  } catch (thrown) {
    throw notChanged('written', plan.file, thrown);
  }
  return plan;
}

/**
 * Removes the file, and the link that enables it.
 * @returns undefined if there was no file
 * @throws SamepointError `BAD_REQUEST` if it cannot be removed
 */
export function removeAutostart(host: LoginHost = thisHost()): AutostartPlan | undefined {
  const plan = autostartPlan(host);
  const paths = [plan.file, ...(plan.enabledLink === undefined ? [] : [plan.enabledLink])].filter(hasLink);
  if (paths.length === 0) return undefined;
  try {
    for (const path of paths) rmSync(path);
  } catch (thrown) {
    throw notChanged('removed', plan.file, thrown);
  }
  return plan;
}

function notChanged(action: string, file: string, thrown: unknown): SamepointError {
  const { reason, remedy = 'Check the folder and its owner.' } = writeFailure(thrown);
  return new SamepointError('BAD_REQUEST', `${file} cannot be ${action}: ${reason}.`, remedy);
}

/** Whether a script is in a folder that may be emptied: of npx, or for temporary files. */
export function isTransient(script: string, temporary = tmpdir()): boolean {
  return CACHE_OF_RUNNER.test(script) || script.startsWith(`${realPath(temporary)}${sep}`);
}

function realPath(path: string): string {
  try {
    // the native function also spells short names of Windows in full
    return realpathSync.native(path);
  } catch {
    return path;
  }
}

/** Whether a file or a link exists; the target of the link need not. */
function hasLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function quoteForShell(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
