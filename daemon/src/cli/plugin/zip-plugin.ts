import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';
import type { PluginFiles } from './install-plugin.js';

/** The folder in the archive. */
const FOLDER = 'samepoint-plugin';
/** The earliest time a zip file can express: equal plugins give equal archives. */
const MODIFIED = new Date(1980, 0, 1);

/** The plugin as a zip file with one folder. */
export function zipPlugin({ files }: PluginFiles): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, content] of files) zip.addBuffer(content, `${FOLDER}/${name}`, { mtime: MODIFIED });
  zip.end();
  return buffer(zip.outputStream);
}
