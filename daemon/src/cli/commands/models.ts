import { SamepointError } from '@samepoint/shared-protocol';
import { Command } from 'commander';
import { addModel } from '../../models/add-model.js';
import { pullModel } from '../../models/download/pull-model.js';
import { removeModel } from '../../models/files/remove-model.js';
import { type VerifiedFile, verifyModel } from '../../models/files/verify-model.js';
import { type ModelEnvironment, modelEnvironment } from '../../models/model-environment.js';
import { EMBEDDED_MODEL, findModelFiles, modelOf, resolveModel } from '../../models/resolve-model.js';
import { formatBytes } from '../format/format-values.js';
import { listModels, modelsTable } from '../format/models-table.js';
import { downloadLine, ProgressDisplay } from '../format/progress.js';

const DETAILS = `
Models come from Hugging Face and lie in its cache; HF_HOME, HF_HUB_CACHE, HF_ENDPOINT, HF_TOKEN,
HF_HUB_OFFLINE, HTTPS_PROXY, HTTP_PROXY and NO_PROXY are respected. Sizes are of the official
files; of large ones only the tensors that features need are downloaded.`;

/** Computed by `pull` for a Stable Diffusion. */
const EMPTY_PROMPT = 'text states of the empty prompt';

/** What the commands touch outside themselves. */
export interface ModelsTerminal {
  environment: ModelEnvironment;
  print: (text: string) => void;
  /** For progress and remarks. */
  note: (text: string) => void;
  isTerminal: boolean;
  /** Calls back when the user interrupts; returns how to stop listening. */
  onInterrupt: (callback: () => void) => () => void;
}

function defaultTerminal(): ModelsTerminal {
  return {
    environment: modelEnvironment(),
    print: (text) => process.stdout.write(text),
    note: (text) => process.stderr.write(text),
    isTerminal: process.stderr.isTTY === true,
    onInterrupt: (callback) => {
      process.once('SIGINT', callback);
      return () => process.off('SIGINT', callback);
    },
  };
}

/** `samepoint models`: what is there, and how to get, check and remove it. */
export function modelsCommand(terminal: ModelsTerminal = defaultTerminal()): Command {
  const models = new Command('models').description('List, download, check and remove models.');
  models
    .command('list')
    .description('Show every model: whether it is on this computer, its size, licence and use.')
    .option('--json', 'print JSON instead of a table')
    .action(({ json }: { json?: true }) => {
      const list = listModels(terminal.environment);
      terminal.print(json ? `${JSON.stringify(list, null, 2)}\n` : modelsTable(list));
    });
  models
    .command('pull')
    .description(
      'Download a model, or what is missing or damaged of it; goes on where an interrupted download stopped.',
    )
    .argument('<id>', 'the model')
    .option('--whole', 'get the complete official files, for layers that the published settings do not use')
    .action((id: string, options: { whole?: true }) => pull(terminal, id, options));
  models
    .command('verify')
    .description('Read the files of a model and compare them with what they should be.')
    .argument('<id>', 'the model')
    .action((id: string) => verify(terminal, id));
  models
    .command('rm')
    .description('Remove what Samepoint downloaded or registered for a model.')
    .argument('<id>', 'the model')
    .action((id: string) => remove(terminal, id));
  models
    .command('add')
    .description('Register weights that are on this computer already; nothing is copied.')
    .argument('<id>', 'the model they belong to')
    .argument(
      '<path>',
      'a folder in the official layout, the file with the weights (.safetensors, .bin, .ckpt, .pth, .pt), a whole Stable Diffusion in one file; or taesd, to put it in place of a VAE',
    )
    .action((id: string, path: string) => add(terminal, id, path));
  models.addHelpText('after', DETAILS);
  for (const command of models.commands) command.exitOverride().helpOption('-h, --help', 'print this help');
  return models;
}

async function pull(terminal: ModelsTerminal, id: string, options: { whole?: true }): Promise<void> {
  if (id === EMBEDDED_MODEL.id) {
    terminal.print('ui is part of Samepoint; there is nothing to download.\n');
    return;
  }
  const { environment, note, isTerminal } = terminal;
  const progress = new ProgressDisplay({ write: note, isTerminal, now: environment.now });
  const abort = new AbortController();
  const stopListening = terminal.onInterrupt(() => abort.abort());
  const { fetched, bytes } = await pullModel(
    id,
    {
      ...options,
      signal: abort.signal,
      onProgress: (step) => progress.show(downloadLine(step), step.bytes, step.totalBytes, step.file),
      onUnregister: (path) => progress.note(`Unregistered from ${id}, because it is damaged: ${path}`),
      onRetry: (reason) => progress.note(`Trying again: ${reason}.`),
      onWait: () => progress.note('Waiting for another samepoint that is downloading …'),
    },
    environment,
  ).finally(() => {
    stopListening();
    progress.stop();
  });
  if (fetched.length > 0) await computeEmptyPrompt(terminal, id);
  const what = fetched.length === 0 ? 'was there already' : `is ready; ${formatBytes(bytes)} downloaded`;
  terminal.print(`${id} ${what}.\n`);
}

/** Saves the first run of Stable Diffusion from running the text encoder. What fails here is tried again there. */
async function computeEmptyPrompt({ environment, note }: ModelsTerminal, id: string): Promise<void> {
  const resolved = resolveModel(id, {}, environment);
  if (!resolved.ok || modelOf(id, environment).textChannels === undefined) return;
  note(`Computing the ${EMPTY_PROMPT}, once for this model.\n`);
  try {
    const { cacheEmptyPrompt } = await import('../../diffusion/prompt/prompt-states.js');
    await cacheEmptyPrompt(resolved.files, environment.at.promptFolder);
  } catch (thrown) {
    const { message } = SamepointError.from(thrown);
    note(`The first run with ${id} computes them; now it failed: ${message}\n`);
  }
}

async function verify({ environment, print }: ModelsTerminal, id: string): Promise<void> {
  if (id === EMBEDDED_MODEL.id) {
    print('ui is part of Samepoint and was installed with it.\n');
    return;
  }
  const report = await verifyModel(id, environment);
  for (const file of report) print(`${describe(file)}\n`);
  const damaged = report.filter(({ status }) => status === 'damaged').map(({ name }) => name);
  if (damaged.length > 0) {
    throw new SamepointError(
      'MODEL_INVALID',
      `${id} is damaged: ${damaged.join(', ')}.`,
      `Run: samepoint models rm ${id}, then: samepoint models pull ${id}`,
    );
  }
  const resolved = resolveModel(id, {}, environment);
  if (!resolved.ok) throw resolved.error;
}

function describe(file: VerifiedFile): string {
  switch (file.status) {
    case 'verified':
      return `${file.name}: verified`;
    case 'pinned':
      return `${file.name}: no published hash to compare with; pinned as it is now (${file.sha256})`;
    case 'damaged':
      return `${file.name}: damaged: ${file.reason}`;
    case 'missing':
      return `${file.name}: missing`;
  }
}

async function remove({ environment, print, note }: ModelsTerminal, id: string): Promise<void> {
  if (id === EMBEDDED_MODEL.id) {
    throw new SamepointError('BAD_REQUEST', 'ui is part of Samepoint and cannot be removed.', 'Name another model.');
  }
  // the states are found by the text encoder, so they go before it
  const states = (await removeEmptyPrompt(environment, id)) ? [EMPTY_PROMPT] : [];
  const { removed: files, left } = await removeModel(id, environment);
  const removed = [...files, ...states];
  print(
    removed.length === 0 ? `There was nothing of ${id} to remove.\n` : `Removed of ${id}: ${removed.join(', ')}.\n`,
  );
  if (left.length > 0) note(`Left where they are, since Samepoint did not put them there: ${left.join(', ')}\n`);
}

/** Whether there were states of the empty prompt. Those of weights that cannot be opened are not found. */
async function removeEmptyPrompt(environment: ModelEnvironment, id: string): Promise<boolean> {
  const model = modelOf(id, environment);
  if (model.textChannels === undefined) return false;
  const { uncacheEmptyPrompt } = await import('../../diffusion/prompt/prompt-states.js');
  try {
    return uncacheEmptyPrompt(findModelFiles(model, {}, environment).files, environment.at.promptFolder);
  } catch {
    return false;
  }
}

async function add({ environment, print, note }: ModelsTerminal, id: string, path: string): Promise<void> {
  if (id === EMBEDDED_MODEL.id) {
    throw new SamepointError('BAD_REQUEST', 'ui is part of Samepoint and cannot be replaced.', 'Name another model.');
  }
  const found = await addModel(id, path, environment);
  print(`Registered for ${id}: ${found.join(', ')}.\n`);
  const resolved = resolveModel(id, {}, environment);
  if (!resolved.ok) note(`${resolved.error.message} ${resolved.error.hint}\n`);
}
