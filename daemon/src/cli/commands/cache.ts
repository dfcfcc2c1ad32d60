import { Command } from 'commander';
import { FeatureStore, featureFolder } from '../../diffusion/cache/feature-store.js';
import { formatBytes } from '../format/format-values.js';

const DETAILS = `
Features of images are kept on disk, so that an image is looked at once. They say something about the picture. Set
SAMEPOINT_NO_CACHE=1 to keep none, SAMEPOINT_CACHE_DIR to keep them elsewhere.`;

/** `samepoint cache`: what is kept of images on disk, and how to empty it. */
export function cacheCommand(): Command {
  const cache = new Command('cache')
    .description('Show or empty the features kept on disk.')
    .addHelpText('after', DETAILS);
  cache
    .command('info')
    .description('Show where features are kept, how many and how large they are.')
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: true }) => {
      const folder = featureFolder();
      const { entries, bytes } = await new FeatureStore(folder).info();
      const text = json
        ? JSON.stringify({ folder, entries, bytes }, null, 2)
        : `${folder}: ${entries} feature maps, ${formatBytes(bytes)}`;
      process.stdout.write(`${text}\n`);
    });
  cache
    .command('clear')
    .description('Delete all of them.')
    .action(async () => {
      const store = new FeatureStore(featureFolder());
      const { entries, bytes } = await store.info();
      await store.clear();
      process.stdout.write(`Deleted ${entries} feature maps, ${formatBytes(bytes)}.\n`);
    });
  return cache;
}
