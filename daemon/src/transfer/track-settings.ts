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
