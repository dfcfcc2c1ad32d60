import * as z from 'zod';
import { affineSchema, boxSchema, homographySchema, pointSchema } from './geometry.js';
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

/**
 * One reason for which two layers are taken for the same: how alike they are by it, and its share of the say. Pixels are
 * `image`, words `text`; `neighbours` is the share of the layers around it that are around the other as well, and the rest
 * are the structure.
 */
export const layerCueSchema = z.strictObject({
  cue: z.enum(['image', 'text', 'type', 'size', 'name', 'order', 'neighbours']),
  value: confidence,
  weight: confidence,
});
export type LayerCue = z.infer<typeof layerCueSchema>;

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
    /** Only where the request asked for them, and for a layer that was found. */
    cues: z.array(layerCueSchema).max(layerCueSchema.shape.cue.options.length).optional(),
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

/** Feature of a daemon: transfer jobs may ask for the cues of layers. */
export const TRANSFER_CUES = 'transfer.cues';

/** Feature of a daemon: transfer and inspect jobs may ask for parts of the matching that are out by default. */
export const MATCHING_PARTS = 'matching.parts';

const partsAsked = {
  /** Look again at what was found, at a higher resolution; only for daemons whose welcome has {@link MATCHING_PARTS}. */
  withCloserLook: z.literal(true).optional(),
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
  /** Say of layers what each cue weighed; only for daemons whose welcome has {@link TRANSFER_CUES}. */
  withCues: z.literal(true).optional(),
  ...partsAsked,
});
export type TransferRequest = z.infer<typeof transferRequestSchema>;

export const transferResultSchema = z.strictObject({
  kind: z.literal('transfer'),
  targets: z
    .array(
      z.strictObject({
        targetId: idSchema,
        placements: z.array(placementSchema).max(LIMITS.itemsPerJob),
      }),
    )
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
  ...partsAsked,
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

/** How free a transform is: `auto` takes the simplest that explains the matches. */
export const transformChoiceSchema = z.enum(['auto', 'similarity', 'affine', 'homography']);
export type TransformChoice = z.infer<typeof transformChoiceSchema>;

/** RANSAC (Fischler and Bolles, 1981), least median of squares (Rousseeuw, 1984), MAGSAC++ (Baráth et al., 2020). */
export const estimatorSchema = z.enum(['ransac', 'lmeds', 'magsac']);
export type Estimator = z.infer<typeof estimatorSchema>;

/** Keypoints are matched, and edits carried over, as the paper publishes it, or Samepoint's way. */
export const matchingChoiceSchema = z.enum(['published', 'samepoint']);
export type MatchingChoice = z.infer<typeof matchingChoiceSchema>;

const robustFit = { transform: transformChoiceSchema.optional(), estimator: estimatorSchema.optional() };

/** A transform from source to target pixels and what speaks for it. */
export const fittedTransformSchema = z.strictObject({
  kind: transformChoiceSchema.exclude(['auto']),
  transform: homographySchema,
  /** How many of the `samples` points agree with it. */
  inliers: z.number().int().nonnegative(),
  samples: z.number().int().positive(),
  /** Median distance of the inliers from the fit, in target pixels. */
  residualPx: z.number().nonnegative(),
  /** Share of the points, weighted by the confidence of their matches, that agree. */
  confidence,
});
export type FittedTransform = z.infer<typeof fittedTransformSchema>;

/** Why there is no result for an image, as a sentence. */
const refusal = { state: z.literal('refused'), reason: z.string().max(LIMITS.textChars) };

/** Length of a PNG in the payload; the PNGs of a result follow each other in the order of their mention. */
const pngBytes = z.number().int().positive().max(LIMITS.binaryFrameBytes);

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
  ...robustFit,
  /** Default: `published` where the preset is one for edits. */
  matching: matchingChoiceSchema.optional(),
  /** The warped edit alone, cut to what is not transparent (the default), or the whole target with the edit in it. */
  output: z.enum(['layer', 'blended']).optional(),
});
export type WarpRequest = z.infer<typeof warpRequestSchema>;

export const warpedTargetSchema = z.discriminatedUnion('state', [
  z.strictObject({
    state: z.literal('warped'),
    targetId: idSchema,
    fit: fittedTransformSchema,
    /** Where the image belongs, in whole target pixels. */
    box: boxSchema,
    pngBytes,
  }),
  z.strictObject({ ...refusal, targetId: idSchema }),
]);
export type WarpedTarget = z.infer<typeof warpedTargetSchema>;

/** The payload of the binary frame is the PNGs of the warped targets, in their order. */
export const warpResultSchema = z.strictObject({
  kind: z.literal('warp'),
  targets: z.array(warpedTargetSchema).max(LIMITS.targetsPerJob),
});
export type WarpResult = z.infer<typeof warpResultSchema>;

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
  ...robustFit,
});
export type AlignRequest = z.infer<typeof alignRequestSchema>;

/** The payload of the binary frame is the three PNGs, in this order, all of the target's size. */
export const alignResultSchema = z.strictObject({
  kind: z.literal('align'),
  outcome: z.discriminatedUnion('state', [
    z.strictObject({
      state: z.literal('aligned'),
      fit: fittedTransformSchema,
      /** Part of the target that the source covers. */
      coverage: z.number().min(0).max(1),
      /** Mean difference of the colours there after brightness and contrast were made equal, 0 to 255. */
      difference: z.number().min(0).max(255),
      /** The source, transparent where it has no pixels. */
      alignedPngBytes: pngBytes,
      /** Source and target, half each. */
      overlayPngBytes: pngBytes,
      /** Where the two differ, as heat. */
      residualPngBytes: pngBytes,
    }),
    z.strictObject(refusal),
  ]),
});
export type AlignResult = z.infer<typeof alignResultSchema>;

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
  warpResultSchema,
  alignResultSchema,
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
