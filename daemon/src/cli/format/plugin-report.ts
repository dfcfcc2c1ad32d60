import type { PluginInstallation } from '../plugin/install-plugin.js';

/** What `samepoint plugin` prints: what was done, the path of the manifest, and how to import it. */
export function pluginReport(plugin: PluginInstallation, platform: NodeJS.Platform = process.platform): string {
  return [
    installationSentence(plugin),
    '',
    `  ${plugin.manifest}`,
    '',
    'To import it into Figma, once:',
    ...importSteps('the file above', platform).map((step, index) => `  ${index + 1}. ${step}`),
    '',
    'Then run it: Plugins → Development → Samepoint. Figma loads it from this folder each time, so keep the folder.',
    '',
  ].join('\n');
}

/** `Updated the plugin from version 0.1.0 to 0.2.0.` */
export function installationSentence({ outcome, version, previous }: PluginInstallation): string {
  if (outcome === 'current') return `The plugin is up to date (version ${version}).`;
  if (outcome === 'installed') return `Installed the plugin (version ${version}).`;
  return previous === version
    ? `Updated the plugin to another build of version ${version}.`
    : `Updated the plugin from version ${previous} to ${version}.`;
}

/**
 * The three steps of importing a plugin in the Figma desktop app.
 * @param file names the manifest, such as "the file above"
 */
export function importSteps(file: string, platform: NodeJS.Platform = process.platform): [string, string, string] {
  // file dialogs hide the folders in which applications keep their state
  const dialog: Partial<Record<NodeJS.Platform, string>> = {
    darwin: ' Press Cmd+Shift+G in the dialog to paste its path.',
    win32: ' Paste its path into “File name”.',
    linux: ' Press Ctrl+L in the dialog to paste its path.',
  };
  return [
    'Open a design file in the Figma desktop app.',
    'Choose Plugins → Development → Import plugin from manifest….',
    `Select ${file}.${dialog[platform] ?? ''}`,
  ];
}
