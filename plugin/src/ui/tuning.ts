/** Reconnecting and looking for the daemon. */
export const CONNECTION_TUNING = {
  /** Waits between tries after a connection was lost; then the daemon counts as stopped. */
  backOffMs: [500, 1_000, 2_000, 4_000],
  /** How often to look for a daemon that does not run. */
  pollMs: 3_000,
  /** A daemon on this computer answers far sooner. */
  httpTimeoutMs: 4_000,
} as const;

/** What the preview includes and how it names a confidence. */
export const PREVIEW_TUNING = {
  /** Placements at least this sure are included at first. */
  includeFrom: 0.5,
  /** From here on a confidence is called high. */
  highFrom: 0.75,
} as const;

/** Crops of the preview. */
export const THUMBNAIL_TUNING = {
  /** Side of a thumbnail on the screen, in CSS pixels. */
  sidePx: 56,
  /** The crop's side, as a multiple of the longer side of what it shows. */
  context: 1.6,
  /** The smallest crop, in pixels of the frame, so that small things keep their surroundings. */
  minCropPx: 96,
  /** Decoded frames kept in memory. */
  decodedFrames: 6,
} as const;
