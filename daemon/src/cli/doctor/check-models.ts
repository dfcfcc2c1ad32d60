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

/** Why the embedded model is unusable, judged by the header of its weights; undefined when it is usable. */
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
  if (refusal === undefined) return { check, state: 'ok', message: 'embedded' };
  return { check, state: 'failed', message: withoutFullStop(refusal.message), fix: REINSTALL };
}

const DOWNLOAD_AGAIN = 'To download the damaged file again:';
const UNREGISTER = 'To unregister the file and download the official one instead:';

export interface ModelFacts {
  id: string;
  state: ModelState;
  /** Damaged files. */
  damaged: readonly Pick<DamagedFile, 'isRegistered' | 'error'>[];
}

/**
 * Inspects the file headers of every model in the catalogue.
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
      message: withoutFullStop(first.error.message),
      fix: { sentence: `${first.error.hint} ${first.isRegistered ? UNREGISTER : DOWNLOAD_AGAIN}`, command: pull },
    };
  }
  if (state === 'partial') {
    const fix = { sentence: 'To download the missing files:', command: pull };
    return { check, state: 'none', message: 'partly downloaded', fix };
  }
  return state === 'missing'
    ? { check, state: 'none', message: 'not downloaded' }
    : { check, state: 'ok', message: 'ready' };
}

/** The list of registered models cannot be read. */
export function checkModelStore({ message, hint }: SamepointError): Finding {
  return { check: 'models', state: 'failed', message: withoutFullStop(message), fix: { sentence: hint } };
}

function withoutFullStop(sentence: string): string {
  return sentence.replace(/\.$/, '');
}
