// Packs the daemon and checks what users would install, with publint.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

const top = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'samepoint-pack-'));
try {
  const { status } = spawnSync('npm', ['pack', '-w', 'daemon', '--loglevel=error', '--pack-destination', folder], {
    cwd: top,
    stdio: ['ignore', 2, 'inherit'],
    shell: process.platform === 'win32',
  });
  if (status === 0) await lint(join(folder, readdirSync(folder)[0]));
  else process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function lint(path) {
  const { buffer } = new Uint8Array(readFileSync(path));
  const { messages, pkg } = await publint({ pack: { tarball: buffer }, strict: true });
  for (const message of messages) process.stderr.write(`${message.type}: ${formatMessage(message, pkg)}\n`);
  if (messages.length > 0) process.exitCode = 1;
}
