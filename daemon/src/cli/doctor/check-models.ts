import { SamepointError } from '@samepoint/shared-protocol';
import { compileElementMatcher } from '../../diffusion/networks/element-network.js';
import { filesOf } from '../../diffusion/networks/model-files.js';
import { readUiConfig } from '../../diffusion/networks/network-checkpoints.js';
import { compileUiNetwork } from '../../diffusion/networks/ui-network.js';
import { EMBEDDED_MODEL_FOLDER } from '../../models/catalogue.js';
import { type DamagedFile, damagedFiles } from '../../models/files/check-files.js';
import type { ModelEnvironment } from '../../models/model-environment.js';
import { EMBEDDED_MODEL, type ModelState, modelState } from '../../models/resolve-model.js';
import { type Finding, REINSTALL } from './findings.js';

/** Why the embedded model cannot be used, as far as the header of its weights tells; undefined when it can. */
export function inspectEmbedded(folder: string = EMBEDDED_MODEL_FOLDER): SamepointError | undefined {
  try {
    const files = filesOf(folder);
    const { sizeMultiple: side } = readUiConfig(files);
    compileUiNetwork(files, { width: side, height: side });
    compileElementMatcher(files, 1, 1);
    return undefined;
  } catch (thrown) {
    return SamepointError.from(thrown);
  }
}

export function checkEmbedded(refusal: SamepointError | undefined): Finding {
  const check = `model ${EMBEDDED_MODEL.id}`;
  if (refusal === undefined) return { check, state: 'ok', says: 'part of Samepoint' };
  return { check, state: 'failed', says: withoutStop(refusal.message), fix: REINSTALL };
}

const GETS_ANEW = 'This gets what is damaged anew:';
const FORGETS = "This forgets that it was registered and gets the model's own file instead:";

export interface ModelFacts {
  id: string;
  state: ModelState;
  /** Files that are there and cannot be used. */
  damaged: readonly Pick<DamagedFile, 'isRegistered' | 'error'>[];
}

/**
 * Looks at every model of the catalogue, as far as the headers of its files tell.
 * @throws SamepointError `INTERNAL` when the list of models cannot be read
 */
export function inspectModels(environment: ModelEnvironment): Promise<ModelFacts[]> {
  return Promise.all(
    environment.catalogue.map(async (model) => ({
      id: model.id,
      state: modelState(model, environment),
      damaged: damagedFiles(model, environment),
    })),
  );
}

export function checkModel({ id, state, damaged }: ModelFacts): Finding {
  const check = `model ${id}`;
  const pull = `npx samepoint models pull ${id}`;
  const [first] = damaged;
  if (first !== undefined) {
    return {
      check,
      state: 'warning',
      says: withoutStop(first.error.message),
      fix: { sentence: `${first.error.hint} ${first.isRegistered ? FORGETS : GETS_ANEW}`, command: pull },
    };
  }
  if (state === 'partial') {
    const fix = { sentence: 'What is missing is fetched by:', command: pull };
    return { check, state: 'none', says: 'some of its files are here', fix };
  }
  return state === 'missing' ? { check, state: 'none', says: 'not downloaded' } : { check, state: 'ok', says: 'ready' };
}

/** The list of models itself cannot be read. */
export function checkModelStore({ message, hint }: SamepointError): Finding {
  return { check: 'models', state: 'failed', says: withoutStop(message), fix: { sentence: hint } };
}

function withoutStop(sentence: string): string {
  return sentence.replace(/\.$/, '');
}
