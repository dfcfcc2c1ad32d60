import type { Command } from 'commander';
import { FeatureStore, featureFolder } from '../../diffusion/cache/feature-store.js';
import { formatBytes } from '../format/format-values.js';
import { withStatus } from '../format/status-line.js';
import { createCommand } from '../options/create-command.js';

const DETAILS = `
Features of images are cached on disk, so that each image is processed once. They reveal what an image shows. Set
SAMEPOINT_NO_CACHE=1 to disable the cache, or SAMEPOINT_CACHE_DIR to move it.`;

/** `samepoint cache`: shows and clears cached features. */
export function cacheCommand(): Command {
  const cache = createCommand('cache', 'Show or clear cached features.', 'cache info').addHelpText('after', DETAILS);
  cache.addCommand(
    createCommand('info', 'Show the location and size of the cache.', 'cache info')
      .option('--json', 'print JSON')
      .action(async ({ json }: { json?: true }) => {
        const folder = featureFolder();
        const { entries, bytes } = await withStatus('Measuring the cache', () => new FeatureStore(folder).info());
        const text = json
          ? JSON.stringify({ folder, entries, bytes }, null, 2)
          : `${folder}: ${entries} feature maps, ${formatBytes(bytes)}`;
        process.stdout.write(`${text}\n`);
      }),
  );
  cache.addCommand(
    createCommand('clear', 'Delete all cached features.', 'cache clear').action(async () => {
      const store = new FeatureStore(featureFolder());
      const { entries, bytes } = await withStatus('Clearing the cache', async () => {
        const found = await store.info();
        await store.clear();
        return found;
      });
      process.stdout.write(`Deleted ${entries} feature maps, ${formatBytes(bytes)}.\n`);
    }),
  );
  return cache;
}
