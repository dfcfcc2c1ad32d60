import { placementLabel } from '../../engine/providers/provider-labels.js';
import { formatGigabytes, formatSeconds } from '../format/format-values.js';
import { textTable } from '../format/text-table.js';
import type { BenchCase } from './bench-cases.js';
import type { CaseRuns } from './measure-case.js';

const GIGA = 1e9;

/** One case with its measurements, or the reason why it was skipped. */
export interface BenchResult {
  title: string;
  sizePx: number;
  macs: number;
  outcome: CaseRuns | { skipped: string };
}

/** The machine that was measured. */
export interface BenchMachine {
  samepoint: string;
  onnxRuntime: string;
  system: string;
  node: string;
  cpu: string;
  memoryGb: number;
  /** Execution provider and why it was chosen. */
  device: string;
  precision: string;
  /** Every graphics device with driver and memory. */
  gpus: readonly string[];
}

/** Expected seconds of a case at the speed of the previous one; undefined for the first. */
export function estimateS(macs: number, known: readonly BenchResult[]): number | undefined {
  const last = known.findLast(({ outcome }) => 'runS' in outcome && outcome.runS.length > 0);
  if (last === undefined || !('runS' in last.outcome)) return undefined;
  const seconds = last.outcome.runS.at(-1) ?? 0;
  return (seconds * macs) / last.macs;
}

/** Reason to skip a case that does not fit in the remaining time; undefined if it fits. */
export function skipReason(
  { macs }: Pick<BenchCase, 'macs'>,
  leftS: number,
  known: readonly BenchResult[],
): string | undefined {
  const estimate = estimateS(macs, known);
  if (leftS <= 0) return 'skipped: out of time';
  if (estimate === undefined || estimate <= leftS) return undefined;
  return `skipped: estimated ${formatSeconds(estimate)}, ${formatSeconds(leftS)} left`;
}

/** Renders the measurements as a table. */
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
  const notes = results.map(noteOf).filter((note) => note !== undefined);
  return `${facts.join('\n')}\n${table}${notes.map((note) => `\n  ${note}\n`).join('')}`;
}

const COLUMNS = ['network', 'first', 'then', 'GFLOPS', 'peak memory', 'device memory', 'provider'];

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

/** Why a network was skipped or stopped early. */
function noteOf(result: BenchResult): string | undefined {
  const { outcome } = result;
  if ('skipped' in outcome) return `${nameOf(result)}: ${outcome.skipped}.`;
  if (outcome.stopped === undefined) return undefined;
  const runs = outcome.runS.length;
  return `${nameOf(result)}: stopped after ${runs} ${runs === 1 ? 'run' : 'runs'} (${outcome.stopped}).`;
}

function nameOf({ title, sizePx }: BenchResult): string {
  return `${title}, ${sizePx} px`;
}

/** The measurements as one line of JSON. */
export function benchJson(machine: BenchMachine, results: readonly BenchResult[]): string {
  return JSON.stringify({ ...machine, results });
}
