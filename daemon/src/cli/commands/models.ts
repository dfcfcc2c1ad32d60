import { SamepointError } from '@samepoint/shared-protocol';
import { Argument, type Command } from 'commander';
import { addModel } from '../../models/add-model.js';
import { CATALOGUE } from '../../models/catalogue.js';
import { pullModel } from '../../models/download/pull-model.js';
import { removeModel } from '../../models/files/remove-model.js';
import { type VerifiedFile, verifyModel } from '../../models/files/verify-model.js';
import { type ModelEnvironment, modelEnvironment } from '../../models/model-environment.js';
import { EMBEDDED_MODEL, findModelFiles, modelOf, resolveModel } from '../../models/resolve-model.js';
import { formatBytes } from '../format/format-values.js';
import { listModels, modelsTable } from '../format/models-table.js';
import { downloadLine, ProgressDisplay } from '../format/progress.js';
import { stderrOutput, withStatus } from '../format/status-line.js';
import { createCommand } from '../options/create-command.js';
import { suggest } from '../options/suggestions.js';

const DETAILS = `
Models are downloaded from Hugging Face into its cache. HF_HOME, HF_HUB_CACHE, HF_ENDPOINT, HF_TOKEN, HF_HUB_OFFLINE,
HTTPS_PROXY, HTTP_PROXY and NO_PROXY are respected. Sizes are those of the official files; of large files, only the
required tensors are downloaded.`;

/** Computed by `pull` for a Stable Diffusion. */
const EMPTY_PROMPT = 'text states of the empty prompt';

/** Environment of the commands; replaced in tests. */
export interface ModelsTerminal {
  environment: ModelEnvironment;
  print: (text: string) => void;
  /** Writes progress and notes to stderr. */
  note: (text: string) => void;
  isTerminal: boolean;
  /** Registers a callback for Ctrl+C. Returns a function that removes it. */
  onInterrupt: (callback: () => void) => () => void;
}

function defaultTerminal(): ModelsTerminal {
  return {
    environment: modelEnvironment(),
    print: (text) => process.stdout.write(text),
    note: (text) => process.stderr.write(text),
    isTerminal: stderrOutput().isTerminal,
    onInterrupt: (callback) => {
      process.once('SIGINT', callback);
      return () => process.off('SIGINT', callback);
    },
  };
}

/** `samepoint models`: lists, downloads, verifies and removes models. */
export function modelsCommand(terminal: ModelsTerminal = defaultTerminal()): Command {
  const models = createCommand('models', 'List, download, verify and remove models.', 'models list');
  models.addCommand(
    createCommand('list', 'List all models with state, size, licence and use.', 'models list')
      .option('--json', 'print JSON instead of a table')
      .action(({ json }: { json?: true }) => {
        const list = listModels(terminal.environment);
        terminal.print(json ? `${JSON.stringify(list, null, 2)}\n` : modelsTable(list));
      }),
  );
  models.addCommand(
    createCommand(
      'pull',
      'Download a model, or its missing or damaged files; interrupted downloads resume.',
      'models pull dinov2-s',
    )
      .addArgument(modelArgument('model'))
      .option('--whole', 'download the complete official files, for layers that the presets do not use')
      .action((id: string, options: { whole?: true }) => pull(terminal, id, options)),
  );
  models.addCommand(
    createCommand('verify', 'Verify the checksums of a model.', 'models verify dinov2-s')
      .addArgument(modelArgument('model'))
      .action((id: string) => verify(terminal, id)),
  );
  models.addCommand(
    createCommand('rm', 'Remove the downloaded or registered files of a model.', 'models rm dinov2-s')
      .addArgument(modelArgument('model'))
      .action((id: string) => remove(terminal, id)),
  );
  models.addCommand(addCommand(terminal));
  models.addHelpText('after', DETAILS);
  return models;
}

function addCommand(terminal: ModelsTerminal): Command {
  return createCommand(
    'add',
    'Register weights that are already on this computer, without copying them.',
    'models add sd21 v2-1_512-ema-pruned.safetensors',
  )
    .addArgument(modelArgument('model that the weights belong to'))
    .argument(
      '<path>',
      'folder in the official layout, weight file (.safetensors, .bin, .ckpt, .pth, .pt), whole Stable Diffusion in one file, or taesd as a replacement for the VAE',
    )
    .action((id: string, path: string) => add(terminal, id, path));
}

function modelArgument(description: string): Argument {
  return suggest(
    new Argument('<id>', description),
    CATALOGUE.map(({ id }) => id),
  );
}

async function pull(terminal: ModelsTerminal, id: string, options: { whole?: true }): Promise<void> {
  if (id === EMBEDDED_MODEL.id) {
    terminal.print('ui is embedded; there is nothing to download.\n');
    return;
  }
  const { environment, note, isTerminal } = terminal;
  const progress = new ProgressDisplay({}, { ...stderrOutput(), write: note, isTerminal, now: environment.now });
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
  const what = fetched.length === 0 ? 'is already downloaded' : `is ready; ${formatBytes(bytes)} downloaded`;
  terminal.print(`${id} ${what}.\n`);
}

/** Precomputes the text states, so that the first run skips the text encoder. A failure is not fatal: the run repeats it. */
async function computeEmptyPrompt({ environment, note }: ModelsTerminal, id: string): Promise<void> {
  const resolved = resolveModel(id, {}, environment);
  if (!resolved.ok || modelOf(id, environment).textChannels === undefined) return;
  note(`Computing the ${EMPTY_PROMPT}, once for this model.\n`);
  try {
    const { cacheEmptyPrompt } = await import('../../diffusion/prompt/prompt-states.js');
    await cacheEmptyPrompt(resolved.files, environment.at.promptFolder);
  } catch (thrown) {
    const { message } = SamepointError.from(thrown);
    note(`This failed: ${message} The first run with ${id} repeats it.\n`);
  }
}

async function verify({ environment, print }: ModelsTerminal, id: string): Promise<void> {
  if (id === EMBEDDED_MODEL.id) {
    print('ui is embedded; there is nothing to verify.\n');
    return;
  }
  const report = await withStatus(`Reading the files of ${id}`, () => verifyModel(id, environment));
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
      return `${file.name}: no published checksum; pinned as ${file.sha256}`;
    case 'damaged':
      return `${file.name}: damaged: ${file.reason}`;
    case 'missing':
      return `${file.name}: missing`;
  }
}

async function remove({ environment, print, note }: ModelsTerminal, id: string): Promise<void> {
  if (id === EMBEDDED_MODEL.id) {
    throw new SamepointError('BAD_REQUEST', 'ui is embedded and cannot be removed.', 'Choose another model.');
  }
  // removed first, because the text encoder is needed to find them
  const states = (await removeEmptyPrompt(environment, id)) ? [EMPTY_PROMPT] : [];
  const { removed: files, left } = await removeModel(id, environment);
  const removed = [...files, ...states];
  print(
    removed.length === 0 ? `There is nothing to remove for ${id}.\n` : `Removed from ${id}: ${removed.join(', ')}.\n`,
  );
  if (left.length > 0) note(`Not removed, because Samepoint did not download them: ${left.join(', ')}\n`);
}

/** @returns whether there were text states; false also if the weights cannot be opened */
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
    throw new SamepointError('BAD_REQUEST', 'ui is embedded and cannot be replaced.', 'Choose another model.');
  }
  const found = await withStatus(`Checking ${path}`, () => addModel(id, path, environment));
  print(`Registered for ${id}: ${found.join(', ')}.\n`);
  const resolved = resolveModel(id, {}, environment);
  if (!resolved.ok) note(`${resolved.error.message} ${resolved.error.hint}\n`);
}
