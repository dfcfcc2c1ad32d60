import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Point } from '@samepoint/shared-protocol';
import * as z from 'zod';
import { toPng } from '../../daemon/test/support/draw.js';
import type { DrawnPair } from '../calibration/drawn-pairs.js';

/** Result of one method per pair: a point or null for each point, and seconds of processor time. */
export interface MethodResult {
  points: (Point | null)[][];
  seconds: number[];
}

const PEERS = fileURLToPath(new URL('peers.py', import.meta.url));
const OUTPUT_BYTES = 64 * 1024 * 1024;

const point = z.tuple([z.number(), z.number()]).transform(([x, y]) => ({ x, y }));
const outputSchema = z.record(
  z.string(),
  z.object({ points: z.array(z.array(point.nullable())), seconds: z.array(z.number()) }),
);

/** Runs OpenCV's methods. @param python with the packages of requirements-peers.txt */
export async function runPeers(python: string, pairs: readonly DrawnPair[]): Promise<Record<string, MethodResult>> {
  const folder = await mkdtemp(join(tmpdir(), 'samepoint-peers-'));
  try {
    const list = await Promise.all(
      pairs.map(async (pair, n) => {
        const [source, target] = [join(folder, `${n}-source.png`), join(folder, `${n}-target.png`)];
        await writeFile(source, await toPng(pair.source));
        await writeFile(target, await toPng(pair.target));
        return { source, target, points: pair.points.map(({ source: { x, y } }) => [x, y]) };
      }),
    );
    const file = join(folder, 'pairs.json');
    await writeFile(file, JSON.stringify(list));
    const { stdout } = await promisify(execFile)(python, [PEERS, file], { maxBuffer: OUTPUT_BYTES });
    return outputSchema.parse(JSON.parse(stdout));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
