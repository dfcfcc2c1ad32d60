/** What the manifest of the running plugin says, as far as the API depends on it. */
export const manifest = { hasId: true };
