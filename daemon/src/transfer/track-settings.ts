/** How labels are carried from frame to frame. */
export interface TrackSettings {
  /** A neighbour weighs exp(cosine / temperature). */
  temperature: number;
  /** Neighbours that give a cell its labels, over all frames together. */
  topK: number;
  /** How far from its own place a cell looks, in cells along rows and columns. */
  radiusCells: number;
  /** How many of the last frames are looked at beside the annotated one. */
  queueFrames: number;
}

/**
 * Settings for labels in video, by backend. `sd21` and `adm`: Tang et al., Emergent Correspondence from Image Diffusion,
 * 2023. `ui` is ours.
 */
export const TRACK_SETTINGS = {
  ui: { temperature: 0.1, topK: 10, radiusCells: 15, queueFrames: 8 },
  sd21: { temperature: 0.2, topK: 15, radiusCells: 15, queueFrames: 28 },
  adm: { temperature: 0.1, topK: 10, radiusCells: 15, queueFrames: 28 },
} as const satisfies Record<string, TrackSettings>;

/** When something is said not to be in a frame. */
export const LOST_BELOW = {
  /** A label of a mask: no cell has this share of it. */
  share: 0.2,
  /** A point: less than this of its label has arrived in one place. */
  arrived: 0.1,
} as const;
