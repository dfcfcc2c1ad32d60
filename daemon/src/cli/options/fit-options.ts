import { estimatorSchema, transformChoiceSchema } from '@samepoint/shared-protocol';
import { type Command, Option } from 'commander';
import { withFeatureOptions } from './feature-options.js';
import { deviceOption, outOfMemoryOption, providerOption } from './provider-options.js';

function transformOption(): Option {
  return new Option(
    '--transform <kind>',
    'how free it is; auto: the simplest that explains the matches (default: auto)',
  ).choices(transformChoiceSchema.options);
}

function estimatorOption(): Option {
  return new Option('--estimator <name>', 'how it is found among wrong matches (default: magsac)').choices(
    estimatorSchema.options,
  );
}

/** Options of the commands that put one transform between images. */
export function withFitOptions(command: Command): Command {
  return withFeatureOptions(
    command
      .addOption(transformOption())
      .addOption(estimatorOption())
      .addOption(providerOption())
      .addOption(deviceOption())
      .addOption(outOfMemoryOption()),
  );
}
