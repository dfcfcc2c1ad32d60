import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { itemsOf, LayerMatching } from '../../calibration/match-layers.js';
import { rowLayerPairs, rowOf } from '../../calibration/row-layer-pairs.js';
import { type JudgedLayer, judgeLayers } from '../../calibration/score-layers.js';
import type { Bench, BenchOptions, BenchResult } from '../bench.js';

const SCREENS = 8;
/** A wrong counterpart with at least this confidence is on by default and looks certain. */
const CERTAIN = 0.9;

/** Layers in rows that are dropped, inserted or re-sorted: in all rows, and if only those of one row are sought. */
export const layerRowsBench: Bench = {
  name: 'layer-rows',
  title: 'Rows that move',
  doc: 'evaluation',
  run: runLayerRows,
};

interface RowScore {
  layers: string;
  right: number;
  wrong: number;
  missed: number;
  absentRight: number;
  false: number;
  certain: number;
}

async function runLayerRows({ kept, model, log }: BenchOptions): Promise<BenchResult> {
  const matching = new LayerMatching(kept ?? join(mkdtempSync(join(tmpdir(), 'samepoint-')), 'matches.jsonl'), model);
  const judged = new Map<string, JudgedLayer[]>();
  for await (const pair of rowLayerPairs(SCREENS)) {
    const inRows = pair.source.layers.flatMap(({ layerId }) => (rowOf(layerId) === null ? [] : [layerId]));
    const all = await matching.place(pair);
    const some = await matching.placeItems(pair, itemsOf(pair.annotated));
    const of = (ids: readonly string[], placements: typeof all) => {
      const found = new Map(placements.map((one) => [one.itemId, one]));
      const layers = pair.source.layers.filter(({ layerId }) => ids.includes(layerId));
      const sought = { ...pair, source: { ...pair.source, layers } };
      return judgeLayers(
        sought,
        layers.flatMap(({ layerId }) => found.get(layerId) ?? []),
      );
    };
    for (const [group, one] of [
      [`${pair.change}, all layers`, of(inRows, all)],
      [`${pair.change}, layers of one row`, of(pair.annotated, some)],
    ] as const) {
      judged.set(group, [...(judged.get(group) ?? []), ...one]);
      log(`${pair.name}, ${group}: ${JSON.stringify(scoreOf(group, one))}`);
    }
  }
  const groups = [...judged].sort(([one], [other]) => Number(one.endsWith('row')) - Number(other.endsWith('row')));
  const scores = groups.map(([group, one]) => scoreOf(group, one));
  return {
    columns: ['layers in rows', 'right', 'wrong', 'missed', 'none: right', 'none: wrong', 'wrong at ≥ 90 %'],
    rows: scores.map((one) => [
      one.layers,
      ...[one.right, one.wrong, one.missed, one.absentRight, one.false, one.certain].map(String),
    ]),
    notes: [
      'Columns as for [layers found](#layers-found). "Layers of one row": nothing else is annotated; the row is the one that the target lacks, if it lacks one. Each row has a text that no other has; its other texts and its buttons are those of other rows.',
    ],
    measurements: scores,
  };
}

function scoreOf(layers: string, judged: readonly JudgedLayer[]): RowScore {
  const count = (outcome: JudgedLayer['outcome']) => judged.filter((one) => one.outcome === outcome).length;
  const isWrong = ({ outcome }: JudgedLayer) => outcome === 'wrong' || outcome === 'false';
  return {
    layers,
    right: count('right'),
    wrong: count('wrong'),
    missed: count('missed'),
    absentRight: count('absent right'),
    false: count('false'),
    certain: judged.filter((one) => isWrong(one) && one.confidence >= CERTAIN).length,
  };
}
