import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';

const RULES = fileURLToPath(new URL('../biome.rooms.json', import.meta.url));
const BIOME = fileURLToPath(new URL('../node_modules/@biomejs/biome/bin/biome', import.meta.url));

/** A file and one import in it. */
type Import = readonly [file: string, specifier: string];

const FORBIDDEN: readonly Import[] = [
  ['daemon/src/graph/weights/x.ts', '../../models/catalogue.js'],
  ['daemon/src/images/x.ts', '../graph/compile.js'],
  ['daemon/src/models/x.ts', '../diffusion/dift.js'],
  ['daemon/src/diffusion/x.ts', '../correspond/matcher.js'],
  ['daemon/src/correspond/x.ts', '../transfer/place-items.js'],
  ['daemon/src/transfer/x.ts', '../engine/engine.js'],
  ['daemon/src/transfer/transforms/x.ts', '../layers/layer-odds.js'],
  ['daemon/src/eval/metrics/x.ts', '../../engine/engine.js'],
  ['daemon/src/engine/x.ts', '../jobs/job.js'],
  ['daemon/src/engine/providers/x.ts', '../../jobs/job.js'],
  ['daemon/src/jobs/x.ts', '../server/session.js'],
  ['daemon/src/server/http/x.ts', '../../transfer/place-items.js'],
  ['daemon/src/cli/format/x.ts', '../commands/match.js'],
  ['plugin/src/shared/x.ts', '../main/main.js'],
  ['plugin/src/shared/x.ts', '../edits/merge.js'],
  ['plugin/src/edits/x.ts', '../main/main.js'],
  ['plugin/src/main/x.ts', '../ui/app.js'],
  ['plugin/src/main/canvas/x.ts', '../changes/apply.js'],
  ['plugin/src/ui/x.ts', '../main/main.js'],
  ['plugin/src/ui/connection/x.ts', '../flow/flow.js'],
  ['plugin/src/ui/flow/x.ts', 'preact'],
];

const ALLOWED: readonly Import[] = [
  ['daemon/src/engine/x.ts', './jobs/run-job.js'],
  ['daemon/src/transfer/edits/x.ts', '../transforms/boxes.js'],
  ['daemon/src/cli/commands/x.ts', '../../engine/engine.js'],
  ['plugin/src/ui/views/x.tsx', '../flow/flow.js'],
];

let folder = '';
let report = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'samepoint-rooms-'));
  copyFileSync(RULES, join(folder, 'biome.json'));
  for (const [n, [file, specifier]] of [...FORBIDDEN, ...ALLOWED].entries()) {
    const path = join(folder, named(file, n));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `import type { T } from '${specifier}';\nexport type U = T;\n`);
  }
  const run = spawnSync(process.execPath, [BIOME, 'lint', '--max-diagnostics=none', '--reporter=github', '.'], {
    cwd: folder,
    encoding: 'utf8',
  });
  report = run.stdout + run.stderr;
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Several samples stand in one folder. */
function named(file: string, n: number): string {
  return file.replace('/x.', `/x${n}.`);
}

function isRefused(file: string, n: number): boolean {
  return report.split('\n').some((line) => line.includes('noRestrictedImports') && line.includes(named(file, n)));
}

it.each(FORBIDDEN.map((sample, n) => [...sample, n] as const))('%s may not import %s', (file, _specifier, n) => {
  expect(isRefused(file, n)).toBe(true);
});

it.each(ALLOWED.map((sample, n) => [...sample, n + FORBIDDEN.length] as const))(
  '%s may import %s',
  (file, _specifier, n) => {
    expect(isRefused(file, n)).toBe(false);
  },
);
