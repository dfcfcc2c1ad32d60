import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PairElement } from './correspond.js';
import { random } from './random.js';

/** A line of `pairs.jsonl`. */
export interface PairRecord {
  id: string;
  /** Paths relative to the set. */
  source: string;
  target: string;
  /** Width and height in pixels. */
  sourceSize: [number, number];
  targetSize: [number, number];
  change: string[];
  components: string[];
  style: string[];
  icons: string[];
  elements: PairElement[];
}

const POINTS_PER_PAIR = 40;

/** Writes `pairs.jsonl` and `pairs.json` of a set whose images exist. */
export function writeSet(folder: string, records: readonly PairRecord[]): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'pairs.jsonl'), records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  const points = records.map(pointsOf).filter(({ sourcePoints }) => sourcePoints.length > 0);
  writeFileSync(join(folder, 'pairs.json'), `${JSON.stringify(points)}\n`);
}

/** A record for `samepoint eval pairs`: points inside rigid elements, the centre of others. */
function pointsOf({ id, source, target, change, elements }: PairRecord) {
  const rng = random('points', id);
  const both = rng.shuffled(
    elements.flatMap(({ source: from, target: to, rigid }) => (from && to ? [{ from, to, rigid }] : [])),
  );
  const places = both.slice(0, POINTS_PER_PAIR).map(({ from, to, rigid }) => {
    const [ax, ay] = rigid ? [0.1 + 0.8 * rng.next(), 0.1 + 0.8 * rng.next()] : [0.5, 0.5];
    return { from: [from[0] + ax * from[2], from[1] + ay * from[3]], to: [to[0] + ax * to[2], to[1] + ay * to[3]] };
  });
  return {
    source,
    target,
    sourcePoints: places.map(({ from }) => from),
    targetPoints: places.map(({ to }) => to),
    group: change[0],
  };
}
