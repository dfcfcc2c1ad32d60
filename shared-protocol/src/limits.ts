/**
 * Every limit of the protocol, in one table. A test crosses each row by one.
 * Units are in the names; counts have none.
 */
export const LIMITS = {
  /** A text (control) frame. */
  controlFrameBytes: 4 * 1024 * 1024,
  /** A binary frame, header and payload together. */
  binaryFrameBytes: 64 * 1024 * 1024,
  /** Pieces a WebSocket message may come in. */
  messageFragments: 1024,
  /** The JSON header of a binary frame. */
  frameHeaderBytes: 1024 * 1024,
  /** An encoded image. */
  imageBytes: 48 * 1024 * 1024,
  imageSidePx: 16_384,
  imagePixels: 64_000_000,
  /** Encoded images the daemon keeps for all its clients; the least recently used go first. */
  imageStoreBytes: 512 * 1024 * 1024,
  targetsPerJob: 100,
  itemsPerJob: 500,
  layersPerFrame: 1000,
  matchesPerInspect: 20,
  idChars: 128,
  nameChars: 256,
  textChars: 1000,
  /** WebSocket connections at once; a newer one of the same client replaces the older. */
  connections: 8,
  /** Jobs of one connection that wait or run. */
  jobsPerConnection: 16,
  /** Control frames one connection may send in a second. */
  controlFramesPerSecond: 200,
  /** Bytes a slow client may leave unread before it is closed. */
  bufferedBytes: 128 * 1024 * 1024,
  helloTimeoutMs: 3_000,
  heartbeatMs: 30_000,
  /** Progress messages of one job are at least this far apart. */
  progressIntervalMs: 100,
  /** How long a result waits for a client that vanished. */
  resultKeptMs: 60_000,
  /** Decoding one image. */
  decodeTimeoutMs: 20_000,
  pairingCodeMs: 5 * 60_000,
  pairingTries: 5,
} as const;

/** Where the daemon listens: the first port that is free. Both stand in the plugin's manifest. */
export const PORTS = [47_615, 47_616] as const;
