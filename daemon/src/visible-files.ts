import { readdir } from 'node:fs/promises';

/** Files and folders that operating systems put beside those of the user, in lower case. */
const OF_SYSTEMS: ReadonlySet<string> = new Set(['thumbs.db', 'ehthumbs.db', 'desktop.ini', '__macosx', 'icon\r']);

/** Does a name belong to a file of the user: neither hidden, such as `._a.jpg` and `.DS_Store`, nor of the system? */
export function isVisible(name: string): boolean {
  return !name.startsWith('.') && !OF_SYSTEMS.has(name.toLowerCase());
}

/**
 * The names of a user's files and folders in a folder.
 * @throws Error of Node
 */
export async function visibleFiles(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter(isVisible);
}
