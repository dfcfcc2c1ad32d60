import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'vitest';
import { expectUiParity, PARITY_SIZES } from '../support/run-network.js';
import { useTempFolder } from '../support/temp-folder.js';

const TRAINING = fileURLToPath(new URL('../../../training', import.meta.url));
const PYTHON = process.env.PYTHON ?? 'python3';
const TIMEOUT_MS = 10 * 60_000;

/** Enough steps to run every part of the training, including the decay. */
const STEPS = '10';

const folder = useTempFolder();
const canTrain = spawnSync(PYTHON, ['-c', 'import torch, safetensors, PIL']).status === 0;

function python(...args: string[]): void {
  execFileSync(PYTHON, args, { cwd: TRAINING, stdio: ['ignore', 'ignore', 'inherit'] });
}

describe.skipIf(!canTrain)('a model that was trained from nothing', () => {
  it(
    'compiles to the features that PyTorch gives for it',
    async () => {
      const [set, run, reference] = [folder.path('set'), folder.path('run'), folder.path('parity.safetensors')];
      python('draw_toy_set.py', set, '--pairs', '8');
      python('train.py', '--train', set, '--validation', set, '--run', run, '--steps', STEPS);
      const sets = ['--train', set, '--validation', set];
      python('train_elements.py', `${run}/model`, ...sets, '--run', `${run}/elements`, '--steps', STEPS);
      python('write_parity.py', `${run}/model`, reference);

      for (const size of PARITY_SIZES) await expectUiParity(`${run}/model`, reference, size);
    },
    TIMEOUT_MS,
  );
});
