/** The supported protocol versions, inclusive. */
export const PROTOCOL = { min: 1, max: 1 } as const;

/** An inclusive range of protocol versions. */
export interface VersionRange {
  min: number;
  max: number;
}

export type Negotiation =
  | { ok: true; version: number }
  /** `update` is the outdated side. */
  | { ok: false; update: 'client' | 'daemon' };

/** The highest common version, or the side to update. */
export function negotiateVersion(client: VersionRange, daemon: VersionRange = PROTOCOL): Negotiation {
  const version = Math.min(client.max, daemon.max);
  if (version >= Math.max(client.min, daemon.min)) return { ok: true, version };
  return { ok: false, update: client.max < daemon.min ? 'client' : 'daemon' };
}
