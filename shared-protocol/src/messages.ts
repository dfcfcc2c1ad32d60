import * as z from 'zod';
import { errorPayloadSchema } from './errors.js';
import { jobProgressSchema, jobRequestSchema, jobResultSchema } from './jobs.js';
import { idSchema, imageIdSchema } from './layers.js';
import { LIMITS } from './limits.js';

const name = z.string().max(LIMITS.nameChars);
const features = z.array(idSchema).max(64);
const versionRange = z.strictObject({ min: z.number().int().positive(), max: z.number().int().positive() });

/** Text frames from client to daemon. */
export const clientMessageSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('hello'), protocol: versionRange, client: name, features }),
  z.strictObject({
    type: z.literal('image.offer'),
    imageId: imageIdSchema,
    width: z.number().int().positive(),
    height: z.number().int().positive(),
    bytes: z.number().int().positive(),
  }),
  z.strictObject({ type: z.literal('job.start'), jobId: idSchema, request: jobRequestSchema }),
  z.strictObject({ type: z.literal('job.cancel'), jobId: idSchema }),
  z.strictObject({ type: z.literal('model.pull'), modelId: idSchema }),
  z.strictObject({ type: z.literal('model.cancel'), modelId: idSchema }),
  z.strictObject({ type: z.literal('status.get') }),
  z.strictObject({ type: z.literal('ping') }),
]);
export type ClientMessage = z.infer<typeof clientMessageSchema>;

/** The device that runs the networks, and the reason for its choice. */
export const deviceSchema = z.strictObject({
  provider: name,
  description: name,
  reason: z.string().max(LIMITS.textChars),
});
export type Device = z.infer<typeof deviceSchema>;

/** Client feature: the client supports `download` of a backend. */
export const BACKEND_DOWNLOAD = 'backend.download';

export const backendSchema = z.strictObject({
  id: idSchema,
  title: name,
  /** `embedded` needs no download. */
  state: z.enum(['embedded', 'ready', 'missing']),
  /** The download of a missing model. Requires the client feature {@link BACKEND_DOWNLOAD}. */
  download: z
    .strictObject({
      /** Maximum download size. */
      bytes: z.number().int().nonnegative(),
      /** License of the weights. */
      licence: name,
    })
    .optional(),
});
export type Backend = z.infer<typeof backendSchema>;

export const jobStatusSchema = z.strictObject({
  jobId: idSchema,
  state: z.enum(['queued', 'running', 'finished', 'failed', 'cancelled']),
});
export type JobStatus = z.infer<typeof jobStatusSchema>;

const status = {
  daemon: name,
  device: deviceSchema,
  backends: z.array(backendSchema).max(64),
  /** Jobs of this client that are queued, running, or have an undelivered result. */
  jobs: z.array(jobStatusSchema).max(1000),
};

/** Text frames from daemon to client. */
export const daemonMessageSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('welcome'),
    protocol: z.number().int().positive(),
    limits: z.record(idSchema, z.number()),
    features,
    ...status,
  }),
  z.strictObject({ type: z.literal('status'), ...status }),
  z.strictObject({ type: z.literal('image.need'), imageId: imageIdSchema }),
  z.strictObject({ type: z.literal('image.have'), imageId: imageIdSchema }),
  /** `position` is the number of jobs before it; 0 for a running job. */
  z.strictObject({ type: z.literal('job.accepted'), jobId: idSchema, position: z.number().int().nonnegative() }),
  z.strictObject({ type: z.literal('job.progress'), jobId: idSchema, progress: jobProgressSchema }),
  z.strictObject({ type: z.literal('job.result'), jobId: idSchema, result: jobResultSchema }),
  z.strictObject({
    type: z.literal('job.cancelled'),
    jobId: idSchema,
    at: z.enum(['queued', 'running']),
  }),
  z.strictObject({ type: z.literal('job.failed'), jobId: idSchema, error: errorPayloadSchema }),
  z.strictObject({
    type: z.literal('model.progress'),
    modelId: idSchema,
    receivedBytes: z.number().int().nonnegative(),
    totalBytes: z.number().int().nonnegative(),
  }),
  z.strictObject({ type: z.literal('device.changed'), device: deviceSchema }),
  /** A message was rejected; the connection stays open. `imageId` is the affected image. */
  z.strictObject({ type: z.literal('error'), error: errorPayloadSchema, imageId: imageIdSchema.optional() }),
  z.strictObject({ type: z.literal('bye'), error: errorPayloadSchema }),
  z.strictObject({ type: z.literal('pong') }),
]);
export type DaemonMessage = z.infer<typeof daemonMessageSchema>;

/** Headers of binary frames, by kind. */
export const imageDataHeaderSchema = z.strictObject({ imageId: imageIdSchema });
export const binaryResultHeaderSchema = z.strictObject({ jobId: idSchema, result: jobResultSchema });

/** `POST /v1/pair`: exchanges the code from the terminal for a token. */
export const pairRequestSchema = z.strictObject({ code: z.string().regex(/^\d{6}$/), client: name });
export const pairResponseSchema = z.strictObject({ token: z.string().regex(/^[A-Za-z0-9_-]{43}$/) });

/** `GET /v1/session` with `Authorization: Bearer <token>`: whether a socket would be accepted. */
export const sessionResponseSchema = z.strictObject({ daemon: name, protocol: versionRange, paired: z.boolean() });

/** Subprotocols of the upgrade request: the framing version and the token. */
export const SUBPROTOCOL = 'samepoint.v1';
export const TOKEN_SUBPROTOCOL_PREFIX = 'samepoint.auth.';

/** WebSocket close codes; 4400–4499 are private. */
export const CLOSE_CODES = {
  badFrame: 4400,
  notPaired: 4401,
  protocolMismatch: 4406,
  helloTimeout: 4408,
  replaced: 4409,
  tooSlow: 4413,
  goingAway: 1001,
} as const;
