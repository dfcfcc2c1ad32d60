import * as z from 'zod';
import { affineSchema, boxSchema, pointSchema } from './geometry.js';
import { LIMITS } from './limits.js';

export const idSchema = z.string().min(1).max(LIMITS.idChars);

/** Lower-case hex SHA-256 of the encoded image. */
export const imageIdSchema = z.string().regex(/^[0-9a-f]{64}$/);

const confidence = z.number().min(0).max(1);

/** A layer of a frame: where it is and what the design tool knows about it. Host-neutral. */
export const layerSchema = z.strictObject({
  layerId: idSchema,
  parentId: idSchema.optional(),
  /** The host's word for the kind of layer: TEXT, FRAME, INSTANCE … */
  type: z.string().max(LIMITS.nameChars),
  name: z.string().max(LIMITS.nameChars),
  /** The words of a text layer. */
  text: z.string().max(LIMITS.textChars).optional(),
  /** In pixels of the frame's image. */
  box: boxSchema,
  /** May an item of kind `layer` end here? */
  candidate: z.boolean(),
});
export type Layer = z.infer<typeof layerSchema>;

/** One image of a job, with the layers the host knows in it; a plain picture has none. */
export const frameSchema = z.strictObject({
  imageId: imageIdSchema,
  layers: z.array(layerSchema).max(LIMITS.layersPerFrame),
});
export type Frame = z.infer<typeof frameSchema>;

/** Something of the source that wants a place in every target. */
export const itemSchema = z.discriminatedUnion('kind', [
  /** A bare point. */
  z.strictObject({ kind: z.literal('point'), itemId: idSchema, point: pointSchema }),
  /** A region; its counterpart is a box that fits the target's content. */
  z.strictObject({ kind: z.literal('box'), itemId: idSchema, box: boxSchema }),
  /** A layer of the source frame; its counterpart is one of the target's candidate layers. */
  z.strictObject({ kind: z.literal('layer'), itemId: idSchema, layerId: idSchema }),
  /** Something drawn over the source that keeps its shape; it is placed by a similarity transform. */
  z.strictObject({ kind: z.literal('overlay'), itemId: idSchema, box: boxSchema }),
]);
export type Item = z.infer<typeof itemSchema>;

/** Why a placement was chosen, for people. */
export const evidenceSchema = z.strictObject({
  /** How well the pixels agree. */
  image: confidence,
  /** How well type, name and size agree; absent where no layer took part. */
  structure: confidence.optional(),
  /** Whether the words of the two layers are equal; absent where either has none. */
  text: z.enum(['equal', 'different']).optional(),
});
export type Evidence = z.infer<typeof evidenceSchema>;

const placementBase = { itemId: idSchema, confidence, evidence: evidenceSchema };

/** Where an item belongs in one target; null where it has no counterpart. Pixels of the target image. */
export const placementSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('point'), ...placementBase, point: pointSchema.nullable() }),
  z.strictObject({ kind: z.literal('box'), ...placementBase, box: boxSchema.nullable() }),
  z.strictObject({
    kind: z.literal('layer'),
    ...placementBase,
    layerId: idSchema.nullable(),
    /** Where the pixels say the item belongs, also when no layer can carry it. */
    box: boxSchema.nullable(),
  }),
  z.strictObject({
    kind: z.literal('overlay'),
    ...placementBase,
    transform: affineSchema.nullable(),
    inliers: z.number().int().nonnegative(),
    samples: z.number().int().nonnegative(),
    /** Median distance of the inliers from the fit. */
    residualPx: z.number().nonnegative(),
  }),
]);
export type Placement = z.infer<typeof placementSchema>;

/** Which features a job compares. */
const features = {
  /** A backend, or several as `fuse(a,b)` or `fuse(a:0.5,b:0.5)`. */
  backend: idSchema,
  /** Named settings of the backend; its default without. */
  preset: idSchema.optional(),
  /** Text condition, for backends that take one. */
  prompt: z.string().max(LIMITS.textChars).optional(),
};

export const transferRequestSchema = z.strictObject({
  kind: z.literal('transfer'),
  ...features,
  source: frameSchema,
  targets: z
    .array(z.strictObject({ targetId: idSchema, frame: frameSchema }))
    .min(1)
    .max(LIMITS.targetsPerJob),
  items: z.array(itemSchema).min(1).max(LIMITS.itemsPerJob),
});
export type TransferRequest = z.infer<typeof transferRequestSchema>;

export const transferResultSchema = z.strictObject({
  kind: z.literal('transfer'),
  targets: z
    .array(z.strictObject({ targetId: idSchema, placements: z.array(placementSchema).max(LIMITS.itemsPerJob) }))
    .max(LIMITS.targetsPerJob),
});
export type TransferResult = z.infer<typeof transferResultSchema>;

/** Where does one point go, and where else might it? */
export const inspectRequestSchema = z.strictObject({
  kind: z.literal('inspect'),
  ...features,
  source: imageIdSchema,
  target: imageIdSchema,
  point: pointSchema,
  /** How many matches to return, the best first. */
  matches: z.number().int().min(1).max(LIMITS.matchesPerInspect),
});
export type InspectRequest = z.infer<typeof inspectRequestSchema>;

/** The payload of the binary frame is the heatmap: one byte a cell, row by row, 255 the most similar. */
export const inspectResultSchema = z.strictObject({
  kind: z.literal('inspect'),
  matches: z
    .array(z.strictObject({ point: pointSchema, similarity: z.number().min(-1).max(1), confidence }))
    .max(LIMITS.matchesPerInspect),
  heatmap: z.strictObject({
    width: z.number().int().positive(),
    height: z.number().int().positive(),
    /** Cosine similarities that the bytes 0 and 255 stand for. */
    lowest: z.number().min(-1).max(1),
    highest: z.number().min(-1).max(1),
  }),
});
export type InspectResult = z.infer<typeof inspectResultSchema>;

/** A raster edit of the source, warped into every target. */
export const warpRequestSchema = z.strictObject({
  kind: z.literal('warp'),
  ...features,
  source: imageIdSchema,
  /** RGBA image of the source's size: the edit, transparent elsewhere. */
  edit: imageIdSchema,
  targets: z
    .array(z.strictObject({ targetId: idSchema, imageId: imageIdSchema }))
    .min(1)
    .max(LIMITS.targetsPerJob),
});

/** Labels or points of one frame carried through an ordered sequence of frames of one size. */
export const trackRequestSchema = z.strictObject({
  kind: z.literal('track'),
  ...features,
  frames: z.array(imageIdSchema).min(2).max(LIMITS.targetsPerJob),
  /** Index of the annotated frame. */
  annotated: z.number().int().nonnegative(),
  labels: z.discriminatedUnion('kind', [
    /** A picture of the frames' size; each colour is a label, black and transparent are none. */
    z.strictObject({ kind: z.literal('mask'), imageId: imageIdSchema }),
    z.strictObject({ kind: z.literal('points'), points: z.array(pointSchema).min(1).max(LIMITS.itemsPerJob) }),
  ]),
});
export type TrackRequest = z.infer<typeof trackRequestSchema>;

/** What an index of a mask with a palette can be. */
const labelIndex = z.number().int().min(0).max(255);

/**
 * Masks: the payload of the binary frame is a PNG with a palette for each frame, one after another in the order of the
 * frames. A confidence is null where the label is lost; it stands in the order of `labels`, which are indices of the
 * palette. Points are in the order given.
 */
export const trackResultSchema = z.strictObject({
  kind: z.literal('track'),
  tracked: z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('mask'),
      labels: z.array(labelIndex).max(255),
      frames: z
        .array(
          z.strictObject({
            pngBytes: z.number().int().positive().max(LIMITS.binaryFrameBytes),
            confidences: z.array(confidence.nullable()).max(255),
          }),
        )
        .max(LIMITS.targetsPerJob),
    }),
    z.strictObject({
      kind: z.literal('points'),
      frames: z
        .array(z.array(z.strictObject({ point: pointSchema.nullable(), confidence })).max(LIMITS.itemsPerJob))
        .max(LIMITS.targetsPerJob),
    }),
  ]),
});
export type TrackResult = z.infer<typeof trackResultSchema>;

/** One transform between two images, and where it does not hold. */
export const alignRequestSchema = z.strictObject({
  kind: z.literal('align'),
  ...features,
  source: imageIdSchema,
  target: imageIdSchema,
});

export const jobRequestSchema = z.discriminatedUnion('kind', [
  transferRequestSchema,
  inspectRequestSchema,
  warpRequestSchema,
  trackRequestSchema,
  alignRequestSchema,
]);
export type JobRequest = z.infer<typeof jobRequestSchema>;
export type JobKind = JobRequest['kind'];

export const jobResultSchema = z.discriminatedUnion('kind', [
  transferResultSchema,
  inspectResultSchema,
  trackResultSchema,
]);
export type JobResult = z.infer<typeof jobResultSchema>;

/** What a job is doing; `done` of `total` in steps of the stage. */
export const jobProgressSchema = z.strictObject({
  stage: z.enum(['loading', 'features', 'matching']),
  done: z.number().int().nonnegative(),
  total: z.number().int().positive(),
  elapsedMs: z.number().nonnegative(),
});
export type JobProgress = z.infer<typeof jobProgressSchema>;

/** The ids of all images a job needs, each once. */
export function imagesOf(request: JobRequest): string[] {
  return [...new Set(imageReferences(request))];
}

function imageReferences(request: JobRequest): string[] {
  switch (request.kind) {
    case 'transfer':
      return [request.source.imageId, ...request.targets.map((target) => target.frame.imageId)];
    case 'inspect':
    case 'align':
      return [request.source, request.target];
    case 'warp':
      return [request.source, request.edit, ...request.targets.map((target) => target.imageId)];
    case 'track':
      return request.labels.kind === 'mask' ? [...request.frames, request.labels.imageId] : request.frames;
  }
}
