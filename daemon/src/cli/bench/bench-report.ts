import { placementLabel } from '../../engine/providers/provider-labels.js';
import { formatGigabytes, formatSeconds } from '../format/format-values.js';
import { textTable } from '../format/text-table.js';
import type { BenchCase } from './bench-cases.js';
import type { CaseRuns } from './measure-case.js';

const GIGA = 1e9;

/** One case, and what its runs took or why there are none. */
export interface BenchResult {
  title: string;
  sizePx: number;
  macs: number;
  outcome: CaseRuns | { skipped: string };
}

/** What the measurements were made on. */
export interface BenchMachine {
  samepoint: string;
  onnxRuntime: string;
  system: string;
  node: string;
  cpu: string;
  memoryGb: number;
  /** What the networks ran on, and why. */
  device: string;
  precision: string;
  /** Every graphics device with driver and memory. */
  gpus: readonly string[];
}

/** Seconds that a case would take, at the speed of another one; undefined where none has run. */
export function estimateS(macs: number, known: readonly BenchResult[]): number | undefined {
  const last = known.findLast(({ outcome }) => 'runS' in outcome && outcome.runS.length > 0);
  if (last === undefined || !('runS' in last.outcome)) return undefined;
  const seconds = last.outcome.runS.at(-1) ?? 0;
  return (seconds * macs) / last.macs;
}

/** Why a case is left out: there is no time for it. Undefined where there is. */
export function noRoom(
  { macs }: Pick<BenchCase, 'macs'>,
  leftS: number,
  known: readonly BenchResult[],
): string | undefined {
  const estimate = estimateS(macs, known);
  if (leftS <= 0) return 'not run: no time was left';
  if (estimate === undefined || estimate <= leftS) return undefined;
  return `not run: about ${formatSeconds(estimate)} at the speed of the one before, and ${formatSeconds(leftS)} were left`;
}

/** The table that people read and paste. */
export function benchTable(machine: BenchMachine, results: readonly BenchResult[]): string {
  const { samepoint, onnxRuntime, system, node, cpu, memoryGb, device, precision, gpus } = machine;
  const facts = [
    `samepoint ${samepoint}, ONNX Runtime ${onnxRuntime}, ${system}, Node ${node}`,
    `${cpu}, ${memoryGb} GB`,
    ...gpus,
    `On ${device}, ${precision}`,
  ];
  const rows = results.map(rowOf).filter((row) => row !== undefined);
  const table = rows.length === 0 ? '' : `\n${textTable([COLUMNS, ...rows])}`;
  const others = results.map(noteOf).filter((note) => note !== undefined);
  return `${facts.join('\n')}\n${table}${others.map((note) => `\n  ${note}\n`).join('')}`;
}

const COLUMNS = ['network', 'first', 'then', 'GFLOPS', 'peak memory', 'of the device', 'ran on'];

function rowOf(result: BenchResult): string[] | undefined {
  if ('skipped' in result.outcome) return undefined;
  const { runS, peakBytes, deviceBytes, placement } = result.outcome;
  const [first, ...loaded] = runS;
  if (first === undefined) return undefined;
  const best = loaded.length === 0 ? undefined : Math.min(...loaded);
  return [
    nameOf(result),
    formatSeconds(first),
    best === undefined ? '–' : formatSeconds(best),
    best === undefined ? '–' : ((2 * result.macs) / best / GIGA).toFixed(0),
    formatGigabytes(peakBytes),
    deviceBytes === undefined ? '–' : formatGigabytes(deviceBytes),
    placement.length === 0 ? 'CPU' : placementLabel(new Map(placement)),
  ];
}

/** Why a network has not run, or not as often as it should. */
function noteOf(result: BenchResult): string | undefined {
  const { outcome } = result;
  if ('skipped' in outcome) return `${nameOf(result)}: ${outcome.skipped}.`;
  if (outcome.stopped === undefined) return undefined;
  const runs = outcome.runS.length;
  return `${nameOf(result)}: ended after ${runs} ${runs === 1 ? 'run' : 'runs'} (${outcome.stopped}).`;
}

function nameOf({ title, sizePx }: BenchResult): string {
  return `${title}, ${sizePx} px`;
}

/** The same as one line of JSON. */
export function benchJson(machine: BenchMachine, results: readonly BenchResult[]): string {
  return JSON.stringify({ ...machine, results });
}
