import * as z from 'zod';
import { errorPayloadSchema } from './errors.js';
import { affineSchema, boxSchema, homographySchema, pointSchema } from './geometry.js';
import { frameSchema, idSchema, imageIdSchema, itemSchema } from './layers.js';
import { LIMITS } from './limits.js';

const confidence = z.number().min(0).max(1);

/** The reasons for a placement, to show in a UI. */
export const evidenceSchema = z.strictObject({
  /** Visual similarity. */
  image: confidence,
  /** Similarity of type, name and size; absent without a layer. */
  structure: confidence.optional(),
  /** Whether the layers' text is equal; absent if either has none. */
  text: z.enum(['equal', 'different']).optional(),
});
export type Evidence = z.infer<typeof evidenceSchema>;

/**
 * The similarity of two layers by one cue, and the weight of the cue. `neighbours` is the fraction of surrounding layers
 * that surround the counterpart too; `type`, `size`, `name` and `order` are the structure.
 */
export const layerCueSchema = z.strictObject({
  cue: z.enum(['image', 'text', 'type', 'size', 'name', 'order', 'neighbours']),
  value: confidence,
  weight: confidence,
});
export type LayerCue = z.infer<typeof layerCueSchema>;

/** Another candidate for a layer. */
export const runnerUpSchema = z.strictObject({ layerId: idSchema, confidence });
export type RunnerUp = z.infer<typeof runnerUpSchema>;

const placementBase = { itemId: idSchema, confidence, evidence: evidenceSchema };

/**
 * The counterpart of an item in one target, in target pixels; null for none. `confidence` is the probability that what the
 * placement states is correct. For a layer that is `layerId`. Without one it is `box`, and the layer's absence from the target's
 * layers counts against it: below one half, unless the target has no layers or the best match is no candidate.
 */
export const placementSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('point'), ...placementBase, point: pointSchema.nullable() }),
  z.strictObject({ kind: z.literal('box'), ...placementBase, box: boxSchema.nullable() }),
  z.strictObject({
    kind: z.literal('layer'),
    ...placementBase,
    layerId: idSchema.nullable(),
    /** The matched box by pixels, also without a layer. */
    box: boxSchema.nullable(),
    /** Only with `withCues`, for a matched layer. */
    cues: z.array(layerCueSchema).max(layerCueSchema.shape.cue.options.length).optional(),
    /** Only with `withRunnersUp`: the next candidates, best first, none more confident than the placement's layer. */
    runnersUp: z.array(runnerUpSchema).max(LIMITS.runnersUpPerPlacement).optional(),
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

/** The features that a job compares. */
const features = {
  /** A backend, or several with optional weights: `fuse(a,b)`, `fuse(a:0.5,b:0.5)`. */
  backend: idSchema,
  /** Named settings of the backend. */
  preset: idSchema.optional(),
  /** Text condition of a diffusion backend. */
  prompt: z.string().max(LIMITS.textChars).optional(),
};

/**
 * Client feature: the client supports targets and frames of the state `failed`. Other clients get the failure of the whole
 * job instead, and targets without `state`.
 */
export const FAILED_TARGETS = 'job.failed-targets';

/**
 * One image of a job that cannot be used, and why: it is damaged, too large, takes too long to decode, or the device has too
 * little memory for it. The other images have results. The message names the image by its {@link imageLabel}.
 */
const failure = {
  state: z.literal('failed'),
  imageId: imageIdSchema,
  error: errorPayloadSchema.pick({ code: true, message: true, hint: true }),
};

/** A failed frame of a track job. */
export const failedImageSchema = z.strictObject(failure);
export type FailedImage = z.infer<typeof failedImageSchema>;

/** The name of an image in messages about jobs. Clients may replace it by a name of their own. */
export function imageLabel(imageId: string): string {
  return `Image ${imageId.slice(0, 8)}…`;
}

/** Daemon feature: transfer jobs support `withCues`. */
export const TRANSFER_CUES = 'transfer.cues';

/** Daemon feature: transfer jobs support `withRunnersUp`. */
export const TRANSFER_RUNNERS_UP = 'transfer.runners-up';

/** Daemon feature: transfer and inspect jobs support `coarseToFine`. */
export const MATCHING_STAGES = 'matching.stages';

const stages = {
  /** Refine the positions of all items, or of none. Default: of single points, with the embedded network. Requires {@link MATCHING_STAGES}. */
  coarseToFine: z.boolean().optional(),
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
  /** Return the cues of layer matches. Requires the daemon feature {@link TRANSFER_CUES}. */
  withCues: z.literal(true).optional(),
  /** Return the next candidates of each layer, also of layers without a match. Requires the daemon feature {@link TRANSFER_RUNNERS_UP}. */
  withRunnersUp: z.literal(true).optional(),
  ...stages,
});
export type TransferRequest = z.infer<typeof transferRequestSchema>;

export const transferredTargetSchema = z.discriminatedUnion('state', [
  z.strictObject({
    /** Absent for clients without {@link FAILED_TARGETS}. */
    state: z.literal('placed').optional(),
    targetId: idSchema,
    placements: z.array(placementSchema).max(LIMITS.itemsPerJob),
  }),
  z.strictObject({ ...failure, targetId: idSchema }),
]);
export type TransferredTarget = z.infer<typeof transferredTargetSchema>;

export const transferResultSchema = z.strictObject({
  kind: z.literal('transfer'),
  targets: z.array(transferredTargetSchema).max(LIMITS.targetsPerJob),
});
export type TransferResult = z.infer<typeof transferResultSchema>;

/** The ranked matches of one point. */
export const inspectRequestSchema = z.strictObject({
  kind: z.literal('inspect'),
  ...features,
  source: imageIdSchema,
  target: imageIdSchema,
  point: pointSchema,
  /** Maximum number of matches, best first. */
  matches: z.number().int().min(1).max(LIMITS.matchesPerInspect),
  ...stages,
});
export type InspectRequest = z.infer<typeof inspectRequestSchema>;

/** The payload of the binary frame is the heatmap: one byte per cell, row by row, 255 for the highest similarity. */
export const inspectResultSchema = z.strictObject({
  kind: z.literal('inspect'),
  matches: z
    .array(z.strictObject({ point: pointSchema, similarity: z.number().min(-1).max(1), confidence }))
    .max(LIMITS.matchesPerInspect),
  heatmap: z.strictObject({
    width: z.number().int().positive(),
    height: z.number().int().positive(),
    /** Cosine similarities at the bytes 0 and 255. */
    lowest: z.number().min(-1).max(1),
    highest: z.number().min(-1).max(1),
  }),
});
export type InspectResult = z.infer<typeof inspectResultSchema>;

/** The transform model; `auto` selects the simplest one that explains the matches. */
export const transformChoiceSchema = z.enum(['auto', 'similarity', 'affine', 'homography']);
export type TransformChoice = z.infer<typeof transformChoiceSchema>;

/** RANSAC (Fischler and Bolles, 1981), least median of squares (Rousseeuw, 1984), MAGSAC++ (Baráth et al., 2020). */
export const estimatorSchema = z.enum(['ransac', 'lmeds', 'magsac']);
export type Estimator = z.infer<typeof estimatorSchema>;

/** Whether matching follows the paper (`published`) or Samepoint. */
export const matchingChoiceSchema = z.enum(['published', 'samepoint']);
export type MatchingChoice = z.infer<typeof matchingChoiceSchema>;

const robustFit = { transform: transformChoiceSchema.optional(), estimator: estimatorSchema.optional() };

/** A transform from source to target pixels with its quality. */
export const fittedTransformSchema = z.strictObject({
  kind: transformChoiceSchema.exclude(['auto']),
  transform: homographySchema,
  /** Number of `samples` points that agree with the transform. */
  inliers: z.number().int().nonnegative(),
  samples: z.number().int().positive(),
  /** Median distance of the inliers from the fit, in target pixels. */
  residualPx: z.number().nonnegative(),
  /** Fraction of inliers, weighted by the confidence of their matches. */
  confidence,
});
export type FittedTransform = z.infer<typeof fittedTransformSchema>;

/** Client feature: the client supports the `cause` of refusals. Other clients get refusals without it. */
export const REFUSAL_CAUSES = 'job.refusal-causes';

/** Why no transform is accepted. */
export const refusalCauseSchema = z.enum([
  /** Fewer points of the source are found in the target than a transform needs. */
  'too-few-matches',
  /** All matches are in one point or on one line. */
  'degenerate-matches',
  /** The matches do not agree on one transform. */
  'no-agreement',
  /** The transform that fits the matches mirrors, squeezes or bends the image, or scales it beyond all measure. */
  'implausible-transform',
  /** All or most of the result would lie outside the target. */
  'outside-target',
  /** The matches agree on a transform, but too few or too doubtful ones. */
  'low-confidence',
]);
export type RefusalCause = z.infer<typeof refusalCauseSchema>;

/** A target without a result, and why. `reason` is a technical sentence, `cause` for programs. */
const refusal = {
  state: z.literal('refused'),
  reason: z.string().max(LIMITS.textChars),
  /** Absent for clients without {@link REFUSAL_CAUSES}. */
  cause: refusalCauseSchema.optional(),
};

/** Length of a PNG in the payload. The PNGs follow each other in the order of these fields. */
const pngBytes = z.number().int().positive().max(LIMITS.binaryFrameBytes);

/** Warps a raster edit of the source into every target. */
export const warpRequestSchema = z.strictObject({
  kind: z.literal('warp'),
  ...features,
  source: imageIdSchema,
  /** RGBA image of the source's size, transparent outside the edit. */
  edit: imageIdSchema,
  targets: z
    .array(z.strictObject({ targetId: idSchema, imageId: imageIdSchema }))
    .min(1)
    .max(LIMITS.targetsPerJob),
  ...robustFit,
  /** Default: `published` for an edit preset, else `samepoint`. */
  matching: matchingChoiceSchema.optional(),
  /** `layer` (default): the warped edit, cropped to its opaque pixels. `blended`: the whole target with the edit. */
  output: z.enum(['layer', 'blended']).optional(),
});
export type WarpRequest = z.infer<typeof warpRequestSchema>;

export const warpedTargetSchema = z.discriminatedUnion('state', [
  z.strictObject({
    state: z.literal('warped'),
    targetId: idSchema,
    fit: fittedTransformSchema,
    /** Position of the image, in whole target pixels. */
    box: boxSchema,
    pngBytes,
  }),
  z.strictObject({ ...refusal, targetId: idSchema }),
  z.strictObject({ ...failure, targetId: idSchema }),
]);
export type WarpedTarget = z.infer<typeof warpedTargetSchema>;

/** The payload of the binary frame is the PNGs of the warped targets, in order. */
export const warpResultSchema = z.strictObject({
  kind: z.literal('warp'),
  targets: z.array(warpedTargetSchema).max(LIMITS.targetsPerJob),
});
export type WarpResult = z.infer<typeof warpResultSchema>;

/** Tracks labels or points of one frame through an ordered sequence of frames of equal size. */
export const trackRequestSchema = z.strictObject({
  kind: z.literal('track'),
  ...features,
  frames: z.array(imageIdSchema).min(2).max(LIMITS.targetsPerJob),
  /** Index of the annotated frame. */
  annotated: z.number().int().nonnegative(),
  labels: z.discriminatedUnion('kind', [
    /** An image of the frames' size. Each colour is a label; black and transparent pixels have none. */
    z.strictObject({ kind: z.literal('mask'), imageId: imageIdSchema }),
    z.strictObject({ kind: z.literal('points'), points: z.array(pointSchema).min(1).max(LIMITS.itemsPerJob) }),
  ]),
});
export type TrackRequest = z.infer<typeof trackRequestSchema>;

/** Palette index of a mask. */
const labelIndex = z.number().int().min(0).max(255);

/**
 * For masks the payload of the binary frame is a palette PNG per frame, in order. `labels` are palette indices, and
 * `confidences` are in their order, null for a lost label. Points are in the order of the request. A failed frame has no
 * labels, and those of its neighbours continue across it.
 */
export const trackResultSchema = z.strictObject({
  kind: z.literal('track'),
  tracked: z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('mask'),
      labels: z.array(labelIndex).max(255),
      frames: z
        .array(
          z.discriminatedUnion('state', [
            z.strictObject({
              /** Absent for clients without {@link FAILED_TARGETS}. */
              state: z.literal('tracked').optional(),
              pngBytes,
              confidences: z.array(confidence.nullable()).max(255),
            }),
            failedImageSchema,
          ]),
        )
        .max(LIMITS.targetsPerJob),
    }),
    z.strictObject({
      kind: z.literal('points'),
      frames: z
        .array(
          z.union([
            z.array(z.strictObject({ point: pointSchema.nullable(), confidence })).max(LIMITS.itemsPerJob),
            failedImageSchema,
          ]),
        )
        .max(LIMITS.targetsPerJob),
    }),
  ]),
});
export type TrackResult = z.infer<typeof trackResultSchema>;

/** Fits one transform between two images and compares them. */
export const alignRequestSchema = z.strictObject({
  kind: z.literal('align'),
  ...features,
  source: imageIdSchema,
  target: imageIdSchema,
  ...robustFit,
});
export type AlignRequest = z.infer<typeof alignRequestSchema>;

/** The payload of the binary frame is the three PNGs in this order, each of the target's size. */
export const alignResultSchema = z.strictObject({
  kind: z.literal('align'),
  outcome: z.discriminatedUnion('state', [
    z.strictObject({
      state: z.literal('aligned'),
      fit: fittedTransformSchema,
      /** Fraction of the target that the source covers. */
      coverage: z.number().min(0).max(1),
      /** Mean colour difference in that area after equalizing brightness and contrast, 0 to 255. */
      difference: z.number().min(0).max(255),
      /** The aligned source, transparent where it has no pixels. */
      alignedPngBytes: pngBytes,
      /** Source and target blended half and half. */
      overlayPngBytes: pngBytes,
      /** Heatmap of the differences. */
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

/** The images of a finished job that have no result, in the order of its targets or frames. */
export function failedImages(result: JobResult): FailedImage[] {
  switch (result.kind) {
    case 'transfer':
    case 'warp':
      return result.targets.flatMap((target) => (target.state === 'failed' ? target : []));
    case 'track':
      return [...result.tracked.frames].flatMap((frame) => ('state' in frame && frame.state === 'failed' ? frame : []));
    case 'inspect':
    case 'align':
      return [];
  }
}

/** Progress of a job: `done` of `total` steps of the stage. */
export const jobProgressSchema = z.strictObject({
  stage: z.enum(['loading', 'features', 'matching']),
  done: z.number().int().nonnegative(),
  total: z.number().int().positive(),
  elapsedMs: z.number().nonnegative(),
});
export type JobProgress = z.infer<typeof jobProgressSchema>;

/** The ids of all images of a job, without duplicates. */
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
