import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { SamepointError } from '@samepoint/shared-protocol';
import { beforeAll, describe, expect, it } from 'vitest';
import { DATASETS, type DatasetName } from '../../../src/eval/datasets/datasets.js';
import { useTempFolder } from '../../support/temp-folder.js';
import { writeHpatches, writePairs, writePfWillow, writeSpair } from './dataset-folders.js';

const folder = useTempFolder();
const OPTIONS = { split: 'test', pckBase: 'box' } as const;

beforeAll(async () => {
  await writePairs(folder.path('pairs'));
  await writeSpair(folder.path('spair'));
  await writePfWillow(folder.path('willow'));
  await writeHpatches(folder.path('hpatches'), folder.path('keypoints'), [
    { name: 'i_dusk', truth: [1, 0, 0, 0, 1, 0, 0, 0, 1], light: (value) => value },
  ]);
  mkdirSync(folder.path('davis/ImageSets/2017'), { recursive: true });
  mkdirSync(folder.path('davis/Annotations'));
  writeFileSync(folder.path('davis/ImageSets/2017/val.txt'), 'bear\n');
  for (const name of ['splits', 'joint_positions']) mkdirSync(folder.path(`jhmdb/${name}`), { recursive: true });
  cpSync(folder.path('spair'), folder.path('downloads/SPair-71k'), { recursive: true });
  mkdirSync(folder.path('empty'));
});

/** The error of opening a folder as a data set. */
async function refusalOf(name: DatasetName, path: string): Promise<string> {
  const opened = DATASETS[name].evaluate(folder.path(path), OPTIONS, () => Promise.reject(new Error('it was opened')));
  const thrown = await opened.catch((error: unknown) => error);
  if (!(thrown instanceof SamepointError)) throw thrown;
  expect(thrown.code).toBe('BAD_REQUEST');
  const sentence = `${thrown.message} ${thrown.hint}`;
  expect(sentence).not.toContain('\n');
  return sentence.replaceAll(`${folder.path('')}/`, '');
}

describe('a folder of another data set is refused with a suggestion', () => {
  it.each<[DatasetName, string, RegExp, string]>([
    [
      'spair',
      'hpatches',
      /hpatches\/PairAnnotation\/test .*Choose the published folder SPair-71k/,
      'eval hpatches hpatches',
    ],
    ['hpatches', 'spair', /spair cannot be used: it has no sequences.* in i_\*\/ and v_\*\//, 'eval spair spair'],
    ['pf-willow', 'davis', /davis .*test_pairs\.csv.*Choose the folder that contains PF-dataset/, 'eval davis davis'],
    ['davis', 'jhmdb', /jhmdb\/ImageSets\/2017\/val\.txt .*does not exist/, 'eval jhmdb jhmdb'],
    ['jhmdb', 'willow', /willow\/splits .*_test_split1\.txt/, 'eval pf-willow willow'],
    ['pairs', 'spair', /spair\/pairs\.json .*does not exist.*Choose a folder with images/, 'eval spair spair'],
    ['davis', 'pairs', /pairs\/ImageSets/, 'eval pairs pairs'],
  ])('%s in %s', async (name, path, sentence, guess) => {
    const refusal = await refusalOf(name, path);
    expect(refusal).toMatch(sentence);
    expect(refusal).toMatch(new RegExp(`Did you mean: samepoint ${guess}$`));
  });

  it('also for a subfolder', async () => {
    expect(await refusalOf('spair', 'downloads')).toMatch(/Did you mean: samepoint eval spair downloads\/SPair-71k$/);
  });

  it('but not for an empty folder or a single missing file', async () => {
    expect(await refusalOf('spair', 'empty')).not.toContain('Did you mean');
    expect(await refusalOf('davis', 'davis')).toMatch(
      /JPEGImages\/480p\/bear cannot be used: it has fewer than 3 frames/,
    );
    expect(await refusalOf('davis', 'davis')).not.toContain('Did you mean');
  });
});
