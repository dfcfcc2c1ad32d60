import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { REPOSITORY } from './documents.js';
import { type DocumentCommand, unsupportedSyntax } from './shell-blocks.js';

const BIN = join(REPOSITORY, 'daemon/bin/samepoint.js');
const SAMPLES = join(REPOSITORY, 'daemon/samples');
/** Nothing answers here, so that a request of a command fails. */
const NO_PROXY = 'http://127.0.0.1:9';

export interface CommandRun {
  code: number | null;
  stdout: string;
  stderr: string;
}

/**
 * Runs commands of documents on the samples: `npx samepoint` is the built command line, without network, with an empty home,
 * and with folders of its own for state and cache.
 */
export class CommandRunner {
  readonly #folder = mkdtempSync(join(tmpdir(), 'samepoint-documents-'));
  readonly #home = this.#make('home');
  readonly #runs = new Map<string, Promise<CommandRun>>();

  /** A new copy of the samples. */
  copySamples(): string {
    const copy = mkdtempSync(join(this.#folder, 'samples-'));
    cpSync(SAMPLES, copy, { recursive: true });
    return copy;
  }

  /** Runs a command in a copy of the samples. One that ran before, in any copy, is not run again. */
  run(command: DocumentCommand, cwd: string): Promise<CommandRun> {
    const known = this.#runs.get(command.text);
    if (known !== undefined) return known;
    const run = this.#start(command, cwd);
    this.#runs.set(command.text, run);
    return run;
  }

  /** Files that the commands left in the home folder. */
  filesAtHome(): string[] {
    return readdirSync(this.#home);
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #start(command: DocumentCommand, cwd: string): Promise<CommandRun> {
    const [npx, name, ...args] = command.words;
    const unsupported = unsupportedSyntax(command);
    if (npx !== 'npx' || name !== 'samepoint' || unsupported !== null) {
      throw new Error(`${command.where}: only plain lines of npx samepoint are run${unsupported ?? ''}`);
    }
    const child = spawn(process.execPath, [BIN, ...args], {
      cwd,
      env: this.#environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    return { code: await ended, stdout, stderr };
  }

  #environment(): NodeJS.ProcessEnv {
    const { SAMEPOINT_NO_CACHE: _, ...inherited } = process.env;
    return {
      ...inherited,
      HOME: this.#home,
      USERPROFILE: this.#home,
      SAMEPOINT_STATE_DIR: join(this.#folder, 'state'),
      SAMEPOINT_CACHE_DIR: join(this.#folder, 'cache'),
      HTTP_PROXY: NO_PROXY,
      HTTPS_PROXY: NO_PROXY,
    };
  }

  #make(name: string): string {
    const folder = join(this.#folder, name);
    mkdirSync(folder);
    return folder;
  }
}
