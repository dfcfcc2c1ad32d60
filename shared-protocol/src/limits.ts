/** All limits of the protocol. Units are in the names; counts have none. A test exceeds each by one. */
export const LIMITS = {
  /** A text (control) frame. */
  controlFrameBytes: 4 * 1024 * 1024,
  /** A binary frame, header and payload together. */
  binaryFrameBytes: 64 * 1024 * 1024,
  /** Fragments of a WebSocket message. */
  messageFragments: 1024,
  /** The JSON header of a binary frame. */
  frameHeaderBytes: 1024 * 1024,
  /** An encoded image. */
  imageBytes: 48 * 1024 * 1024,
  imageSidePx: 16_384,
  imagePixels: 64_000_000,
  /** Encoded images in the daemon's store, evicted least recently used first. */
  imageStoreBytes: 512 * 1024 * 1024,
  targetsPerJob: 100,
  itemsPerJob: 500,
  layersPerFrame: 1000,
  matchesPerInspect: 20,
  /** Other candidates of a `layer` placement. */
  runnersUpPerPlacement: 5,
  /** Styles and variables of a layer. */
  tokensPerLayer: 32,
  idChars: 128,
  nameChars: 256,
  textChars: 1000,
  /** The path of a layer within nested instances. */
  pathChars: 512,
  /** Concurrent WebSocket connections; a new one replaces an older one of the same client. */
  connections: 8,
  /** Queued and running jobs of one connection. */
  jobsPerConnection: 16,
  controlFramesPerSecond: 200,
  /** Unsent bytes at which a slow client is disconnected. */
  bufferedBytes: 128 * 1024 * 1024,
  helloTimeoutMs: 3_000,
  heartbeatMs: 30_000,
  /** Minimum interval between progress messages of a job. */
  progressIntervalMs: 100,
  /** How long the result of a disconnected client is kept. */
  resultKeptMs: 60_000,
  /** Decoding one image. */
  decodeTimeoutMs: 20_000,
  pairingCodeMs: 5 * 60_000,
  pairingTries: 5,
} as const;

/** The daemon listens on the first free port. Both are in the plugin's manifest. */
export const PORTS = [47_615, 47_616] as const;
