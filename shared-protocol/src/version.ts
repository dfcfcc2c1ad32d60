/** The protocol versions this build can speak, both ends inclusive. */
export const PROTOCOL = { min: 1, max: 1 } as const;

/** An inclusive range of protocol versions. */
export interface VersionRange {
  min: number;
  max: number;
}

export type Negotiation =
  | { ok: true; version: number }
  /** `update` names the side that is behind. */
  | { ok: false; update: 'client' | 'daemon' };

/** The highest version both sides speak, or which side has to be updated. */
export function negotiateVersion(client: VersionRange, daemon: VersionRange = PROTOCOL): Negotiation {
  const version = Math.min(client.max, daemon.max);
  if (version >= Math.max(client.min, daemon.min)) return { ok: true, version };
  return { ok: false, update: client.max < daemon.min ? 'client' : 'daemon' };
}
