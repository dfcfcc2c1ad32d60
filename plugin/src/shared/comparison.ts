/** What “Align and compare…” can place beside the frames. */
export type ComparedPicture = 'overlay' | 'residual';

/** One of the images that lie on top of each other, each as large as the second version. */
export interface PlacedImage {
  png: Uint8Array;
  /** 0 … 1 */
  opacity: number;
}

export interface ComparisonToMain {
  /** Places a rectangle with these images beside the second version, the lowest first. Answered like `apply`. */
  type: 'comparison.place';
  sourceId: string;
  afterId: string;
  picture: ComparedPicture;
  images: PlacedImage[];
}
