import { choiceName } from '../../diffusion/plan/feature-plan.js';
import type { ScoredItem } from '../../eval/evaluate.js';
import { type CaseFigure, drawCase } from '../../eval/report/case-figure.js';
import type { EvalReport } from '../../eval/report/eval-report.js';
import { type ReportCases, reportPage } from '../../eval/report/report-page.js';
import { type Machine, packageVersion } from '../host-info.js';
import type { EvalSettings } from '../options/eval-settings.js';
import { describeChoice } from '../options/feature-options.js';
import { writeOutputFile } from './output-files.js';

/** Number of best and of worst cases. */
const CASES = 6;

/**
 * Writes the report page.
 * @throws SamepointError `BAD_REQUEST`
 */
export async function writeEvalReport(
  path: string,
  settings: EvalSettings,
  machine: Machine,
  { available, evaluated, failed, tables, cases }: EvalReport,
): Promise<void> {
  const page = reportPage({
    title: `${settings.dataset} with ${choiceName(settings.features)}`,
    facts: facts(settings, machine, { evaluated, failed, available }),
    tables,
    failed,
    ...(cases === undefined ? {} : { cases: await drawBestAndWorst(cases) }),
  });
  await writeOutputFile(path, page, '--report');
  process.stderr.write(`Report: ${path}\n`);
}

async function drawBestAndWorst({ items, meaning }: NonNullable<EvalReport['cases']>): Promise<ReportCases> {
  const ranked = items.filter(({ drawing }) => drawing !== undefined).sort(byRank);
  const [top] = ranked;
  // cases as good as the best are not among the worst
  const worst = ranked.filter((item) => top !== undefined && byRank(item, top) > 0).slice(-CASES);
  return {
    scores: items.map(({ score }) => score),
    meaning,
    best: await drawCases(ranked.filter((item) => !worst.includes(item)).slice(0, CASES)),
    worst: await drawCases(worst.reverse()),
  };
}

/** The best first: by the strictest threshold, ties by the next stricter one. */
export function byRank(a: Pick<ScoredItem, 'ranks'>, b: Pick<ScoredItem, 'ranks'>): number {
  const differences = a.ranks.map((score, n) => (b.ranks[n] ?? 0) - score);
  return differences.find((difference) => difference !== 0) ?? 0;
}

async function drawCases(items: readonly ScoredItem[]): Promise<CaseFigure[]> {
  const figures: CaseFigure[] = [];
  for (const { id, group, ranks, drawing } of items) {
    if (drawing !== undefined) figures.push({ id, group, scores: ranks, html: await drawCase(drawing()) });
  }
  return figures;
}

function facts(
  settings: EvalSettings,
  machine: Machine,
  { evaluated, failed, available }: Pick<EvalReport, 'evaluated' | 'failed' | 'available'>,
): [string, string][] {
  const chosen = evaluated + failed.length;
  const { dataset, folder, features, options } = settings;
  const rows: [string, string | undefined][] = [
    ['Data set', `${dataset}, ${folder}`],
    ['Items', chosen < available ? `${chosen} of ${available}, evenly subsampled` : String(available)],
    ['Features', describeChoice(features)],
    ['Prompt', features.prompt],
    ['Matching', describeMatching(settings)],
    ['Split and PCK base', dataset === 'spair' ? `${options.split}, ${options.pckBase}` : undefined],
    ['Keypoints', dataset === 'hpatches' ? (options.keypoints ?? 'detected corners') : undefined],
    ['Samepoint', packageVersion()],
    ['Device', machine.device],
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
