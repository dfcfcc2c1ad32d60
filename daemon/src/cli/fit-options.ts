import { estimatorSchema, transformChoiceSchema } from '@samepoint/shared-protocol';
import { type Command, Option } from 'commander';
import { backendOption, noCacheOption, presetOption, promptOption } from './feature-options.js';
import { deviceOption, outOfMemoryOption, providerOption } from './provider-options.js';

function transformOption(): Option {
  return new Option('--transform <kind>', 'how free it is; auto: the simplest that explains the matches')
    .choices(transformChoiceSchema.options)
    .default('auto');
}

function estimatorOption(): Option {
  return new Option('--estimator <name>', 'how it is found among wrong matches')
    .choices(estimatorSchema.options)
    .default('magsac');
}

/** Options of the commands that put one transform between images. */
export function withFitOptions(command: Command): Command {
  return command
    .addOption(transformOption())
    .addOption(estimatorOption())
    .addOption(backendOption())
    .addOption(presetOption())
    .addOption(promptOption())
    .addOption(noCacheOption())
    .addOption(providerOption())
    .addOption(deviceOption())
    .addOption(outOfMemoryOption());
}
