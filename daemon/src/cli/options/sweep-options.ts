import { SamepointError } from '@samepoint/shared-protocol';
import { InvalidArgumentError, Option } from 'commander';
import type { FeatureSettings, SettingName, SizeChoice } from '../../diffusion/plan/feature-settings.js';
import { describeSetting, type FeatureOptions, parseSize } from './feature-options.js';
import { wholeNumber } from './parse-values.js';

/** Options that a sweep can vary. */
const AXES = {
  t: { option: 't', setting: 't', parse: wholeNumber },
  ensemble: { option: 'ensemble', setting: 'ensembleSize', parse: wholeNumber },
  size: { option: 'size', setting: 'size', parse: parseSize },
  seed: { option: 'seed', setting: 'seed', parse: wholeNumber },
  'up-ft-index': { option: 'upFtIndex', setting: 'upFtIndex', parse: wholeNumber },
} as const satisfies Record<string, { option: keyof FeatureOptions; setting: SettingName; parse: unknown }>;
type AxisName = keyof typeof AXES;
const AXIS_NAMES = Object.keys(AXES) as AxisName[];
/** Blocks of the same network share its passes. */
const BLOCKS: AxisName = 'up-ft-index';

/** Values of one option. */
export interface SweepAxis {
  name: AxisName;
  values: readonly SizeChoice[];
}

/** One value of each axis. */
export interface Combination {
  /** `t=101 up-ft-index=1`; empty without axes. */
  label: string;
  /** Values as options of the command. */
  options: Partial<FeatureOptions>;
  /** Values as feature settings. */
  settings: FeatureSettings;
}

/** `--sweep`; may be given several times. */
export function sweepOption(): Option {
  return new Option(
    '--sweep <name=list>',
    `evaluate every value of a list, such as up-ft-index=0,1,2; repeat for every combination; names: ${AXIS_NAMES.join(', ')}`,
  ).argParser(parseAxis);
}

/**
 * Every combination of the axes' values, grouped by pass: combinations of the same pass differ only in the block. Without
 * axes, a single combination.
 * @param given the other options, none of which may be swept
 * @throws SamepointError `BAD_REQUEST`
 */
export function sweepPasses(axes: readonly SweepAxis[], given: FeatureOptions): Combination[][] {
  const conflict = axes.find(({ name }) => given[AXES[name].option] !== undefined);
  if (conflict !== undefined) {
    throw badSweep(`--${conflict.name} conflicts with --sweep ${conflict.name}.`, 'Remove one of them.');
  }
  const ordered = AXIS_NAMES.flatMap((name) => axes.filter((axis) => axis.name === name));
  const ofPasses = ordered.filter(({ name }) => name !== BLOCKS);
  const ofBlocks = ordered.filter(({ name }) => name === BLOCKS);
  const start: Combination = { label: '', options: {}, settings: {} };
  return combine([start], ofPasses).map((pass) => combine([pass], ofBlocks));
}

/** Every combination with every value of the axes. */
function combine(combinations: readonly Combination[], axes: readonly SweepAxis[]): Combination[] {
  return axes.reduce<Combination[]>(
    (made, { name, values }) => made.flatMap((one) => values.map((value) => withValue(one, name, value))),
    [...combinations],
  );
}

function withValue({ label, options, settings }: Combination, name: AxisName, value: SizeChoice): Combination {
  return {
    label: `${label} ${name}=${describeSetting(value)}`.trimStart(),
    options: { ...options, [AXES[name].option]: value },
    settings: { ...settings, [AXES[name].setting]: value },
  };
}

/** @throws SamepointError `BAD_REQUEST` */
function parseAxis(text: string, previous: readonly SweepAxis[] = []): SweepAxis[] {
  const [, name = '', list = ''] = /^([^=]*)=?(.*)$/.exec(text) ?? [];
  if (!isAxisName(name)) throw badSweep(`--sweep cannot vary "${name}".`, `Choose one of: ${AXIS_NAMES.join(', ')}.`);
  if (previous.some((axis) => axis.name === name)) {
    throw badSweep(`--sweep ${name} is given twice.`, 'List all values in one --sweep.');
  }
  if (list === '') throw badSweep(`--sweep ${name} has no values.`, `Example: --sweep ${name}=1,2`);
  const texts = list.split(',');
  const values = texts.map((value) => parseValue(name, value));
  const repeated = texts.find((_, n) => values.slice(0, n).some((other) => isSame(other, values[n])));
  if (repeated !== undefined) throw badSweep(`--sweep ${name} lists ${repeated} twice.`, 'List each value once.');
  return [...previous, { name, values }];
}

function parseValue(name: AxisName, text: string): SizeChoice {
  try {
    return AXES[name].parse(text);
  } catch (thrown) {
    if (thrown instanceof InvalidArgumentError) throw badSweep(`"${text}" is not a value of ${name}.`, thrown.message);
    throw thrown;
  }
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function isAxisName(name: string): name is AxisName {
  return Object.hasOwn(AXES, name);
}

function badSweep(message: string, hint: string): SamepointError {
  return new SamepointError('BAD_REQUEST', message, hint);
}
