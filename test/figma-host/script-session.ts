import { inboxDocument } from './documents/inbox-document.js';
import { createFigmaHost, type FigmaHost, type HostOptions } from './figma-host.js';

/** Runs a script as the plugin and returns its result. The script can use `node(key)`. */
export async function runPluginScript(
  script: string,
  keys: readonly string[] = [],
  options: Partial<HostOptions> & { selected?: string[] } = {},
): Promise<{ host: FigmaHost; answer: unknown }> {
  const document = options.document ?? inboxDocument();
  const { selected = [] } = options;
  const scout = await createFigmaHost({ document, mainJs: '' });
  const ids = Object.fromEntries(keys.map((key) => [key, scout.byKey(key).id]));
  scout.dispose();
  const mainJs = `'use strict'; const ids = ${JSON.stringify(ids)};
    const node = (key) => figma.getNodeByIdAsync(ids[key]);
    (async () => { ${script} })().then(
      (answer) => figma.ui.postMessage({ answer: answer ?? null }),
      (error) => figma.ui.postMessage({ answer: 'threw: ' + error.message }));`;
  const host = await createFigmaHost({ seed: 1, ...options, document, mainJs });
  host.select(selected.map((key) => host.byKey(key).id));
  const posted = new Promise<unknown>((resolve) => {
    host.onMainMessage((message) => {
      if (typeof message === 'object' && message !== null && 'answer' in message) resolve(message.answer);
    });
  });
  await host.runCommand('test');
  return { host, answer: await posted };
}
