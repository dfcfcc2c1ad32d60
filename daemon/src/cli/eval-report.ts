import { writeFile } from 'node:fs/promises';
import { SamepointError } from '@samepoint/shared-protocol';
import { type CaseFigure, drawCase } from '../eval/case-figure.js';
import type { Evaluation, ScoredItem } from '../eval/evaluate.js';
import { reportPage } from '../eval/report-page.js';
import type { EvalSettings } from './eval-settings.js';
import type { Machine } from './machine.js';
import { ownVersion } from './own-version.js';

/** Cases drawn of either kind. */
const CASES = 6;

/**
 * Writes the report page.
 * @throws SamepointError `BAD_REQUEST` where it cannot be written
 */
export async function writeEvalReport(
  path: string,
  settings: EvalSettings,
  machine: Machine,
  { available, items, meaning, tables }: Evaluation,
): Promise<void> {
  const ranked = items.filter(({ picture }) => picture !== undefined).sort((a, b) => b.score - a.score);
  const [top] = ranked;
  // what is as good as the best is not among the worst
  const worst = ranked.filter(({ score }) => score < (top?.score ?? 0)).slice(-CASES);
  const page = reportPage({
    title: `${settings.dataset} with ${settings.backend}`,
    facts: facts(settings, machine, items.length, available),
    tables,
    scores: items.map(({ score }) => score),
    meaning,
    best: await drawCases(ranked.filter((item) => !worst.includes(item)).slice(0, CASES)),
    worst: await drawCases(worst.reverse()),
  });
  await writeFile(path, page).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SamepointError(
      'BAD_REQUEST',
      `The report cannot be written: ${reason}.`,
      'Give another file to --report.',
    );
  });
  process.stderr.write(`Report: ${path}\n`);
}

async function drawCases(items: readonly ScoredItem[]): Promise<CaseFigure[]> {
  const figures: CaseFigure[] = [];
  for (const { id, group, score, picture } of items) {
    if (picture !== undefined) figures.push({ id, group, score, html: await drawCase(picture()) });
  }
  return figures;
}

function facts(settings: EvalSettings, machine: Machine, evaluated: number, available: number): [string, string][] {
  const { dataset, folder, backend, preset, prompt, options } = settings;
  const rows: [string, string | undefined][] = [
    ['Data set', `${dataset}, ${folder}`],
    ['Items', evaluated < available ? `${evaluated} of ${available}, evenly spread` : String(available)],
    ['Backend', `${backend}, preset ${preset}`],
    ['Prompt', prompt],
    ['Matching', describeMatching(settings)],
    ['Split and base of PCK', dataset === 'spair' ? `${options.split}, ${options.pckBase}` : undefined],
    ['Keypoints', dataset === 'hpatches' ? (options.keypoints ?? 'detected corners') : undefined],
    ['Samepoint', ownVersion()],
    ['Networks ran on', machine.device],
    [
      'Machine',
      `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, ${machine.platform}, Node ${machine.node}`,
    ],
    ['Date', new Date().toISOString().slice(0, 10)],
  ];
  return rows.flatMap(([name, value]): [string, string][] => (value === undefined ? [] : [[name, value]]));
}

function describeMatching({ matching, with: added, without }: EvalSettings): string {
  const parts = [
    ...(added.length > 0 ? [`with ${added.join(', ')}`] : []),
    ...(without.length > 0 ? [`without ${without.join(', ')}`] : []),
  ];
  return [matching, ...parts].join(', ');
}
