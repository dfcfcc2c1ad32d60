import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Box, Item } from '@samepoint/shared-protocol';
import { centre } from '../../../daemon/src/transfer/transforms/boxes.js';
import { transformBox } from '../../../daemon/src/transfer/transforms/place-region.js';
import { LayerMatching } from '../../calibration/match-layers.js';
import { pinPairs } from '../../calibration/pin-pairs.js';
import { rowLayerPairs } from '../../calibration/row-layer-pairs.js';
import type { Bench, BenchOptions, BenchResult } from '../bench.js';

const SCREENS = 14;
const ROW_SCREENS = 8;
/** Pins on each row that the target lacks. */
const PINS_OF_ROW = 4;
const PIN_PX = 33;
/** From here on a placement is on by default. */
const ON = 0.5;
const CERTAIN = 0.9;
const BINS = [0, 0.3, 0.5, 0.7, 0.9, 0.95, 1.01];

/** Pins placed by the layers around them, in screens of other widths. */
export const pinsBench: Bench = {
  name: 'pins',
  title: 'Pins in other widths',
  doc: 'evaluation',
  run: runPins,
};

interface Pin {
  factor: number;
  confidence: number;
  /** Distance from where it belongs, in pixels of the target. */
  offPx: number;
  /** Whether it still covers that place. */
  right: boolean;
}

async function runPins({ kept, model, log }: BenchOptions): Promise<BenchResult> {
  const matching = new LayerMatching(kept ?? join(mkdtempSync(join(tmpdir(), 'samepoint-')), 'matches.jsonl'), model);
  const all: Pin[] = [];
  for await (const pair of pinPairs(SCREENS)) {
    const items = pair.pins.map(({ source }, n): Item => ({ kind: 'overlay', itemId: `${n}`, box: source }));
    for (const placement of await matching.placeItems(pair, items)) {
      const pin = pair.pins[Number(placement.itemId)];
      if (placement.kind !== 'overlay' || pin === undefined) continue;
      const placed = placement.transform === null ? null : transformBox(placement.transform, pin.source);
      const offPx = placed === null ? Number.POSITIVE_INFINITY : distance(placed, pin.target);
      all.push({ factor: pair.factor, confidence: placement.confidence, offPx, right: offPx <= pin.target.w / 2 });
      log(`${pair.name} ${placement.itemId}: ${placement.confidence.toFixed(3)} ${offPx.toFixed(1)} px`);
    }
  }
  return {
    columns: ['confidence', 'pins', 'mean confidence', 'right', 'farthest off'],
    rows: rowsOf(all),
    notes: [...notesOf(all), await pinsOnDroppedRows(matching)],
    measurements: all,
  };
}

/** Pins on layers of a row that the target lacks, each alone. */
async function pinsOnDroppedRows(matching: LayerMatching): Promise<string> {
  const confidences: number[] = [];
  for await (const pair of rowLayerPairs(ROW_SCREENS)) {
    if (!pair.change.startsWith('rows dropped')) continue;
    const leaves = pair.source.layers.filter(
      ({ layerId, type }) => pair.annotated.includes(layerId) && type !== 'FRAME',
    );
    for (const { box } of leaves.slice(0, PINS_OF_ROW)) {
      const [x, y] = [box.x + (box.w - PIN_PX) / 2, box.y - PIN_PX / 3];
      const item: Item = { kind: 'overlay', itemId: 'pin', box: { x, y, w: PIN_PX, h: PIN_PX } };
      confidences.push(...(await matching.placeItems(pair, [item])).map(({ confidence }) => confidence));
    }
  }
  const [on, certain] = [ON, CERTAIN].map((least) => confidences.filter((confidence) => confidence >= least).length);
  return `Of ${confidences.length} pins on a row that the target lacks, ${on} have a confidence of 50 % or more and ${certain} of 90 % or more.`;
}

function distance(one: Box, other: Box): number {
  const [a, b] = [centre(one), centre(other)];
  return Math.hypot(a.x - b.x, a.y - b.y);
}

function rowsOf(all: readonly Pin[]): string[][] {
  return BINS.slice(1).map((to, n) => {
    const from = BINS[n] ?? 0;
    const pins = all.filter(({ confidence }) => confidence >= from && confidence < to);
    const mean = pins.reduce((sum, { confidence }) => sum + confidence, 0) / pins.length;
    const right = pins.filter(({ right }) => right).length / pins.length;
    const farthest = Math.max(0, ...pins.map(({ offPx }) => offPx).filter(Number.isFinite));
    return [
      `${from}–${Math.min(1, to)}`,
      String(pins.length),
      percent(mean),
      percent(right),
      `${farthest.toFixed(0)} px`,
    ];
  });
}

function notesOf(all: readonly Pin[]): string[] {
  const share = all.filter(({ right }) => right).length / all.length;
  const error = all.reduce((sum, { confidence, right }) => sum + (confidence - (right ? 1 : 0)) ** 2, 0) / all.length;
  return [
    `${all.length} pins at corners of icons, texts, pictures, buttons and cards; ${percent(share)} of them cover the place in the target where they belong. Brier score ${error.toFixed(3)}.`,
  ];
}

function percent(part: number): string {
  return Number.isNaN(part) ? '–' : `${(100 * part).toFixed(0)} %`;
}
