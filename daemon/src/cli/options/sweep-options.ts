import { SamepointError } from '@samepoint/shared-protocol';
import { InvalidArgumentError, Option } from 'commander';
import type { FeatureSettings, SettingName, SizeChoice } from '../../diffusion/plan/feature-settings.js';
import { describeSetting, type FeatureOptions, parseSize } from './feature-options.js';
import { wholeNumber } from './parse-values.js';

/** What a sweep may vary, by the names of the options on the command line. */
const AXES = {
  t: { option: 't', setting: 't', parse: wholeNumber },
  ensemble: { option: 'ensemble', setting: 'ensembleSize', parse: wholeNumber },
  size: { option: 'size', setting: 'size', parse: parseSize },
  seed: { option: 'seed', setting: 'seed', parse: wholeNumber },
  'up-ft-index': { option: 'upFtIndex', setting: 'upFtIndex', parse: wholeNumber },
} as const satisfies Record<string, { option: keyof FeatureOptions; setting: SettingName; parse: unknown }>;
type AxisName = keyof typeof AXES;
const AXIS_NAMES = Object.keys(AXES) as AxisName[];
/** What passes are shared over. */
const BLOCKS: AxisName = 'up-ft-index';

/** Values that one option takes one after another. */
export interface SweepAxis {
  name: AxisName;
  values: readonly SizeChoice[];
}

/** One value of each axis. */
export interface Combination {
  /** As a person reads it: `t=101 up-ft-index=1`; empty without axes. */
  label: string;
  /** The values as options of the command. */
  options: Partial<FeatureOptions>;
  /** The same as settings of the features. */
  settings: FeatureSettings;
}

/** `--sweep`; may be given several times. */
export function sweepOption(): Option {
  return new Option(
    '--sweep <name=list>',
    `measure every value of a list, as up-ft-index=0,1,2, or every combination of several lists; one of: ${AXIS_NAMES.join(', ')}`,
  ).argParser(parseAxis);
}

/**
 * Every combination of the axes' values, in the passes of a network that they take: those of one pass differ only in the
 * block. Without axes, a single one.
 * @param given the other options, none of which may be swept too
 * @throws SamepointError `BAD_REQUEST`
 */
export function sweepPasses(axes: readonly SweepAxis[], given: FeatureOptions): Combination[][] {
  const twice = axes.find(({ name }) => given[AXES[name].option] !== undefined);
  if (twice !== undefined) {
    throw badSweep(`--${twice.name} is given, and --sweep varies it.`, 'Leave one of the two out.');
  }
  const ordered = AXIS_NAMES.flatMap((name) => axes.filter((axis) => axis.name === name));
  const ofPasses = ordered.filter(({ name }) => name !== BLOCKS);
  const ofBlocks = ordered.filter(({ name }) => name === BLOCKS);
  const start: Combination = { label: '', options: {}, settings: {} };
  return combine([start], ofPasses).map((pass) => combine([pass], ofBlocks));
}

/** Each of the combinations with each value of the axes. */
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
function parseAxis(text: string, before: readonly SweepAxis[] = []): SweepAxis[] {
  const [, name = '', list = ''] = /^([^=]*)=?(.*)$/.exec(text) ?? [];
  if (!isAxisName(name)) throw badSweep(`--sweep cannot vary "${name}".`, `Choose one of: ${AXIS_NAMES.join(', ')}.`);
  if (before.some((axis) => axis.name === name)) {
    throw badSweep(`--sweep varies ${name} twice.`, 'Put all of its values into one list.');
  }
  if (list === '') throw badSweep(`--sweep ${name} has no values.`, `Write them as --sweep ${name}=1,2.`);
  const texts = list.split(',');
  const values = texts.map((value) => parseValue(name, value));
  const repeated = texts.find((_, n) => values.slice(0, n).some((other) => isSame(other, values[n])));
  if (repeated !== undefined) throw badSweep(`--sweep ${name} has ${repeated} twice.`, 'Name each value once.');
  return [...before, { name, values }];
}

function parseValue(name: AxisName, text: string): SizeChoice {
  try {
    return AXES[name].parse(text);
  } catch (thrown) {
    if (thrown instanceof InvalidArgumentError) throw badSweep(`"${text}" is no value of ${name}.`, thrown.message);
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
