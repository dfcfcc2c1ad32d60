import { resolve } from 'node:path';
import { SamepointError } from '@samepoint/shared-protocol';
import type { Command } from 'commander';
import { pluginFolder } from '../../app-folders.js';
import { claimOutputs, writeOutputFile } from '../files/output-files.js';
import { formatBytes } from '../format/format-values.js';
import { pluginReport } from '../format/plugin-report.js';
import { createCommand } from '../options/create-command.js';
import { forceOption } from '../options/output-options.js';
import { builtPlugin, installPlugin } from '../plugin/install-plugin.js';
import { zipPlugin } from '../plugin/zip-plugin.js';

const DETAILS = `
Without DIR, the plugin is in the state folder, where each start of the daemon updates it. A plugin in DIR is updated
only by this command. Other files in DIR stay.`;

interface PluginOptions {
  zip?: string;
  force?: boolean;
  json?: boolean;
}

/** `samepoint plugin`: writes the Figma plugin to a folder or a zip file. */
export function pluginCommand(): Command {
  return createCommand(
    'plugin',
    'Install or update the Figma plugin in a folder, and print how to import it.',
    'plugin --zip samepoint-plugin.zip',
  )
    .argument('[dir]', 'folder of the plugin (default: in the state folder)')
    .option('--zip <file>', 'write the plugin to a zip file instead')
    .addOption(forceOption())
    .option('--json', 'print JSON')
    .addHelpText('after', DETAILS)
    .action(async (dir: string | undefined, options: PluginOptions) => {
      if (options.zip === undefined) writeFolder(dir ?? pluginFolder(), options);
      else await writeZip(options.zip, dir, options);
    });
}

function writeFolder(dir: string, { force = false, json }: PluginOptions): void {
  const plugin = installPlugin(dir, { force });
  process.stdout.write(json ? `${JSON.stringify(plugin, null, 2)}\n` : pluginReport(plugin));
}

async function writeZip(file: string, dir: string | undefined, { json, force }: PluginOptions): Promise<void> {
  if (dir !== undefined) {
    throw new SamepointError('BAD_REQUEST', '--zip writes no folder, but one is given.', 'Leave out one of the two.');
  }
  await claimOutputs([{ file, option: '--zip' }], { inputs: [], force });
  const plugin = builtPlugin();
  const zip = await zipPlugin(plugin);
  await writeOutputFile(file, zip, '--zip');
  const { version } = plugin;
  process.stdout.write(
    json
      ? `${JSON.stringify({ zip: resolve(file), version, bytes: zip.length }, null, 2)}\n`
      : `Wrote the plugin (version ${version}, ${formatBytes(zip.length)}) to ${file}.\n`,
  );
}
