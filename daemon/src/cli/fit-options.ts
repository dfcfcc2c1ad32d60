import { estimatorSchema, transformChoiceSchema } from '@samepoint/shared-protocol';
import { Option } from 'commander';

export function transformOption(): Option {
  return new Option('--transform <kind>', 'how free it is; auto: the simplest that explains the matches')
    .choices(transformChoiceSchema.options)
    .default('auto');
}

export function estimatorOption(): Option {
  return new Option('--estimator <name>', 'how it is found among wrong matches')
    .choices(estimatorSchema.options)
    .default('magsac');
}
