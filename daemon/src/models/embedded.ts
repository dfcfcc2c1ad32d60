import { fileURLToPath } from 'node:url';

/** Folder of the weights that ship with the package. */
export const EMBEDDED_UI_MODEL = fileURLToPath(new URL('../../models/ui', import.meta.url));
