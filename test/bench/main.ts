// npm run bench -- NAME [--write] [--python PATH] [--pairs DIR] [--kept FILE] [--size PX …] [--ensemble N …] [--rounds N]
import { parseArgs } from 'node:util';
import type { Bench } from './bench.js';
import { embeddedBench } from './benches/embedded.js';
import { fullSizeBench } from './benches/full-size.js';
import { inspectBench } from './benches/inspect.js';
import { layerAccuracyBench } from './benches/layer-accuracy.js';
import { layersBench } from './benches/layers.js';
import { originalBench } from './benches/original.js';
import { peersBench } from './benches/peers.js';
import { targetsBench } from './benches/targets.js';
import { warpBench } from './benches/warp.js';
import { markdown, writeJson, writeToDoc } from './report.js';

const BENCHES: readonly Bench[] = [
  embeddedBench,
  fullSizeBench,
  originalBench,
  inspectBench,
  targetsBench,
  layersBench,
  layerAccuracyBench,
  peersBench,
  warpBench,
];
const DEFAULTS = { sizesPx: ['512', '768'], ensembles: ['1', '8'], rounds: '3' };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    write: { type: 'boolean', default: false },
    python: { type: 'string' },
    pairs: { type: 'string' },
    kept: { type: 'string' },
    size: { type: 'string', multiple: true, default: DEFAULTS.sizesPx },
    ensemble: { type: 'string', multiple: true, default: DEFAULTS.ensembles },
    rounds: { type: 'string', default: DEFAULTS.rounds },
  },
});
const bench = BENCHES.find(({ name }) => name === positionals[0]);
if (bench === undefined) {
  process.stderr.write(`Say which: npm run bench -- ${BENCHES.map(({ name }) => name).join(' | ')}\n`);
  process.exit(2);
}

const result = await bench.run({
  ...(values.python === undefined ? {} : { python: values.python }),
  ...(values.pairs === undefined ? {} : { pairs: values.pairs }),
  ...(values.kept === undefined ? {} : { kept: values.kept }),
  sizesPx: values.size.map(Number),
  ensembles: values.ensemble.map(Number),
  rounds: Number(values.rounds),
  log: (line) => process.stderr.write(`${line}\n`),
});
const date = new Date();
const options = process.argv.slice(3).filter((argument) => argument !== '--write');
const command = ['npm run bench --', bench.name, ...options].join(' ');
const text = markdown(result, command, date);
process.stdout.write(`${text}\n`);
process.stderr.write(`${writeJson(bench, result, date)}\n`);
if (values.write) writeToDoc(bench, text);
