import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../../daemon/bin/samepoint.js', import.meta.url));
const ADDRESS = /http:\/\/localhost:(\d+)/;
const CODE = /Pairing code\s+(\d{3}) (\d{3})/;
const MANIFEST = /Plugin\s+(\S.*manifest\.json)/;

/** A `samepoint start` process with its own state folder and a free port. */
export class DaemonProcess {
  private constructor(
    private readonly process: ChildProcess,
    private readonly stateDir: string,
    readonly port: number,
    /** The printed pairing code. */
    readonly code: string,
    /** The printed path of the installed plugin's manifest. */
    readonly manifest: string,
  ) {}

  /** @throws Error with the output if the process exits before it listens. */
  static async start(): Promise<DaemonProcess> {
    const stateDir = await mkdtemp(join(tmpdir(), 'samepoint-state-'));
    const child = spawn(process.execPath, [BIN, 'start', '--port', '0'], {
      env: { ...process.env, SAMEPOINT_STATE_DIR: stateDir },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const { port, code, manifest } = await readBanner(child);
    return new DaemonProcess(child, stateDir, port, code, manifest);
  }

  /** Kills the engine process, like a crash of a GPU driver. */
  killEngine(): void {
    const engine = childrenOf(this.process.pid ?? 0)[0];
    if (engine === undefined) throw new Error('the daemon has no engine process');
    process.kill(engine, 'SIGKILL');
  }

  /** Stops the daemon, unless a test has stopped it. */
  async stop(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const exited = new Promise((resolve) => this.process.once('exit', resolve));
    this.process.kill('SIGTERM');
    await exited;
    await rm(this.stateDir, { recursive: true });
  }
}

function readBanner(child: ChildProcess): Promise<{ port: number; code: string; manifest: string }> {
  return new Promise((resolve, reject) => {
    let output = '';
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      const [address, code, manifest] = [ADDRESS, CODE, MANIFEST].map((pattern) => pattern.exec(output));
      if (!address || !code || !manifest) return;
      resolve({ port: Number(address[1]), code: `${code[1]}${code[2]}`, manifest: manifest[1] ?? '' });
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('exit', () => reject(new Error(`the daemon exited before it was listening:\n${output}`)));
  });
}

function childrenOf(parent: number): number[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  const pairs = lines.map((line) => line.trim().split(/\s+/).map(Number));
  return pairs.flatMap(([pid, ppid]) => (pid !== undefined && ppid === parent ? [pid] : []));
}
