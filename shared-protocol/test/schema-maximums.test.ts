import { describe, expect, it } from 'vitest';
import {
  backendSchema,
  clientMessageSchema,
  daemonMessageSchema,
  errorPayloadSchema,
  imageIdSchema,
  jobRequestSchema,
  jobResultSchema,
  LIMITS,
  pairRequestSchema,
  pointSchema,
} from '../src/index.js';

interface Schema {
  safeParse(value: unknown): { success: boolean };
}

const IMAGE = 'a'.repeat(64);
const FEATURES = 64;
const BACKENDS = 64;
const JOBS = 1000;
const COORDINATE = 1e6;
const text = (length: number) => 'x'.repeat(length);
const list = (length: number, element: unknown) => Array.from({ length }, () => element);

const point = { x: 0, y: 0 };
const box = { x: 0, y: 0, w: 1, h: 1 };
const layer = { layerId: 'l', type: '', name: '', box, candidate: true };
const frame = { imageId: IMAGE, layers: [] };
const target = { targetId: 't', frame };
const item = { kind: 'point', itemId: 'i', point };
const transfer = { kind: 'transfer', backend: 'ui', source: frame, targets: [target], items: [item] };
const inspect = { kind: 'inspect', backend: 'ui', source: IMAGE, target: IMAGE, point, matches: 1 };
const warpTarget = { targetId: 't', imageId: IMAGE };
const warp = { kind: 'warp', backend: 'ui', source: IMAGE, edit: IMAGE, targets: [warpTarget] };
const points = { kind: 'points', points: [point] };
const track = { kind: 'track', backend: 'ui', frames: [IMAGE, IMAGE], annotated: 0, labels: points };
const placement = { kind: 'point', itemId: 'i', confidence: 1, evidence: { image: 1 }, point };
const placedLayer = (part: object) => {
  const layered = { kind: 'layer', itemId: 'i', confidence: 1, evidence: { image: 1 }, layerId: null, box: null };
  return { kind: 'transfer', targets: [{ targetId: 't', placements: [{ ...layered, ...part }] }] };
};
const match = { point, similarity: 1, confidence: 1 };
const heatmap = { width: 1, height: 1, lowest: 0, highest: 1 };
const tracked = { pngBytes: 1, confidences: [] };
const trackedMasks = (labels: unknown[], frames: unknown[]) => ({
  kind: 'track',
  tracked: { kind: 'mask', labels, frames },
});
const trackedPoints = (frames: unknown[]) => ({ kind: 'track', tracked: { kind: 'points', frames } });
const homography = [1, 0, 0, 0, 1, 0, 0, 0, 1];
const fit = { kind: 'affine', transform: homography, inliers: 1, samples: 1, residualPx: 0, confidence: 1 };
const warped = { state: 'warped', targetId: 't', fit, box, pngBytes: 1 };
const pngs = { alignedPngBytes: 1, overlayPngBytes: 1, residualPngBytes: 1 };
const aligned = { state: 'aligned', fit, coverage: 1, difference: 0, ...pngs };
const error = { code: 'INTERNAL', message: '', hint: '', retryable: false };
const hello = { type: 'hello', protocol: { min: 1, max: 1 }, client: '', features: [] };
const device = { provider: '', description: '', reason: '' };
const backend = { id: 'b', title: '', state: 'ready' };
const job = { jobId: 'j', state: 'queued' };
const status = { type: 'status', daemon: '', device, backends: [], jobs: [] };

const withLayer = (part: object) => ({ ...transfer, source: { ...frame, layers: [{ ...layer, ...part }] } });
const withReferences = (references: object) => withLayer({ references });
const withItem = (part: object) => ({ ...transfer, items: [{ ...item, ...part }] });

/** All maximums of the schemas: name, schema, maximum, and a function that builds a value of a given size. */
const MAXIMUMS: [string, Schema, number, (size: number) => unknown][] = [
  ['hello: client', clientMessageSchema, LIMITS.nameChars, (n) => ({ ...hello, client: text(n) })],
  ['hello: features', clientMessageSchema, FEATURES, (n) => ({ ...hello, features: list(n, 'f') })],
  ['hello: a feature', clientMessageSchema, LIMITS.idChars, (n) => ({ ...hello, features: [text(n)] })],
  ['job.cancel: jobId', clientMessageSchema, LIMITS.idChars, (n) => ({ type: 'job.cancel', jobId: text(n) })],
  [
    'job.start: jobId',
    clientMessageSchema,
    LIMITS.idChars,
    (n) => ({ type: 'job.start', jobId: text(n), request: inspect }),
  ],
  ['model.pull: modelId', clientMessageSchema, LIMITS.idChars, (n) => ({ type: 'model.pull', modelId: text(n) })],
  ['model.cancel: modelId', clientMessageSchema, LIMITS.idChars, (n) => ({ type: 'model.cancel', modelId: text(n) })],
  ['pair: client', pairRequestSchema, LIMITS.nameChars, (n) => ({ code: '123456', client: text(n) })],
  ['pair: code', pairRequestSchema, 6, (n) => ({ code: '1'.repeat(n), client: '' })],
  ['image id', imageIdSchema, IMAGE.length, (n) => 'a'.repeat(n)],
  ['coordinate', pointSchema, COORDINATE, (n) => ({ x: n, y: -n })],
  ['transfer: backend', jobRequestSchema, LIMITS.idChars, (n) => ({ ...transfer, backend: text(n) })],
  ['transfer: targets', jobRequestSchema, LIMITS.targetsPerJob, (n) => ({ ...transfer, targets: list(n, target) })],
  [
    'transfer: targetId',
    jobRequestSchema,
    LIMITS.idChars,
    (n) => ({ ...transfer, targets: [{ ...target, targetId: text(n) }] }),
  ],
  ['transfer: items', jobRequestSchema, LIMITS.itemsPerJob, (n) => ({ ...transfer, items: list(n, item) })],
  ['transfer: itemId', jobRequestSchema, LIMITS.idChars, (n) => withItem({ itemId: text(n) })],
  [
    'transfer: layers',
    jobRequestSchema,
    LIMITS.layersPerFrame,
    (n) => ({ ...transfer, source: { ...frame, layers: list(n, layer) } }),
  ],
  ['layer: layerId', jobRequestSchema, LIMITS.idChars, (n) => withLayer({ layerId: text(n) })],
  ['layer: parentId', jobRequestSchema, LIMITS.idChars, (n) => withLayer({ parentId: text(n) })],
  ['layer: type', jobRequestSchema, LIMITS.nameChars, (n) => withLayer({ type: text(n) })],
  ['layer: name', jobRequestSchema, LIMITS.nameChars, (n) => withLayer({ name: text(n) })],
  ['layer: text', jobRequestSchema, LIMITS.textChars, (n) => withLayer({ text: text(n) })],
  ['layer: component', jobRequestSchema, LIMITS.idChars, (n) => withReferences({ component: text(n) })],
  ['layer: tokens', jobRequestSchema, LIMITS.tokensPerLayer, (n) => withReferences({ tokens: list(n, 't') })],
  ['layer: a token', jobRequestSchema, LIMITS.idChars, (n) => withReferences({ tokens: [text(n)] })],
  ['layer: path', jobRequestSchema, LIMITS.pathChars, (n) => withReferences({ path: text(n) })],
  ['inspect: matches', jobRequestSchema, LIMITS.matchesPerInspect, (n) => ({ ...inspect, matches: n })],
  ['warp: targets', jobRequestSchema, LIMITS.targetsPerJob, (n) => ({ ...warp, targets: list(n, warpTarget) })],
  ['track: frames', jobRequestSchema, LIMITS.targetsPerJob, (n) => ({ ...track, frames: list(n, IMAGE) })],
  [
    'track: points',
    jobRequestSchema,
    LIMITS.itemsPerJob,
    (n) => ({ ...track, labels: { ...points, points: list(n, point) } }),
  ],
  [
    'result: targets',
    jobResultSchema,
    LIMITS.targetsPerJob,
    (n) => ({ kind: 'transfer', targets: list(n, { targetId: 't', placements: [] }) }),
  ],
  [
    'result: placements',
    jobResultSchema,
    LIMITS.itemsPerJob,
    (n) => ({ kind: 'transfer', targets: [{ targetId: 't', placements: list(n, placement) }] }),
  ],
  [
    'result: runners-up',
    jobResultSchema,
    LIMITS.runnersUpPerPlacement,
    (n) => placedLayer({ runnersUp: list(n, { layerId: 'l', confidence: 0 }) }),
  ],
  [
    'result: confidence of a runner-up',
    jobResultSchema,
    1,
    (n) => placedLayer({ runnersUp: [{ layerId: 'l', confidence: n }] }),
  ],
  [
    'result: confidence',
    jobResultSchema,
    1,
    (n) => ({ kind: 'inspect', matches: [{ ...match, confidence: n }], heatmap }),
  ],
  [
    'result: matches',
    jobResultSchema,
    LIMITS.matchesPerInspect,
    (n) => ({ kind: 'inspect', matches: list(n, match), heatmap }),
  ],
  ['track result: frames of masks', jobResultSchema, LIMITS.targetsPerJob, (n) => trackedMasks([], list(n, tracked))],
  ['track result: labels', jobResultSchema, 255, (n) => trackedMasks(list(n, 1), [])],
  ['track result: a label', jobResultSchema, 255, (n) => trackedMasks([n], [])],
  [
    'track result: confidences',
    jobResultSchema,
    255,
    (n) => trackedMasks([], [{ ...tracked, confidences: list(n, null) }]),
  ],
  [
    'track result: bytes of a mask',
    jobResultSchema,
    LIMITS.binaryFrameBytes,
    (n) => trackedMasks([], [{ ...tracked, pngBytes: n }]),
  ],
  ['track result: frames of points', jobResultSchema, LIMITS.targetsPerJob, (n) => trackedPoints(list(n, []))],
  [
    'track result: points',
    jobResultSchema,
    LIMITS.itemsPerJob,
    (n) => trackedPoints([list(n, { point: null, confidence: 0 })]),
  ],
  [
    'result: warped targets',
    jobResultSchema,
    LIMITS.targetsPerJob,
    (n) => ({ kind: 'warp', targets: list(n, warped) }),
  ],
  [
    'result: PNG of a warp',
    jobResultSchema,
    LIMITS.binaryFrameBytes,
    (n) => ({ kind: 'warp', targets: [{ ...warped, pngBytes: n }] }),
  ],
  [
    'result: reason of a refusal',
    jobResultSchema,
    LIMITS.textChars,
    (n) => ({ kind: 'warp', targets: [{ state: 'refused', targetId: 't', reason: text(n) }] }),
  ],
  [
    'result: numbers of a homography',
    jobResultSchema,
    homography.length,
    (n) => ({ kind: 'warp', targets: [{ ...warped, fit: { ...fit, transform: list(n, 1) } }] }),
  ],
  ['result: coverage', jobResultSchema, 1, (n) => ({ kind: 'align', outcome: { ...aligned, coverage: n } })],
  ['result: difference', jobResultSchema, 255, (n) => ({ kind: 'align', outcome: { ...aligned, difference: n } })],
  ['error: message', errorPayloadSchema, LIMITS.textChars, (n) => ({ ...error, message: text(n) })],
  ['error: hint', errorPayloadSchema, LIMITS.textChars, (n) => ({ ...error, hint: text(n) })],
  ['error: name of a detail', errorPayloadSchema, LIMITS.idChars, (n) => ({ ...error, details: { [text(n)]: '' } })],
  ['error: a detail', errorPayloadSchema, LIMITS.textChars, (n) => ({ ...error, details: { a: text(n) } })],
  ['backend: title', backendSchema, LIMITS.nameChars, (n) => ({ ...backend, title: text(n) })],
  ['status: daemon', daemonMessageSchema, LIMITS.nameChars, (n) => ({ ...status, daemon: text(n) })],
  [
    'status: device',
    daemonMessageSchema,
    LIMITS.nameChars,
    (n) => ({ ...status, device: { ...device, description: text(n) } }),
  ],
  [
    'status: reason',
    daemonMessageSchema,
    LIMITS.textChars,
    (n) => ({ ...status, device: { ...device, reason: text(n) } }),
  ],
  ['status: backends', daemonMessageSchema, BACKENDS, (n) => ({ ...status, backends: list(n, backend) })],
  ['status: jobs', daemonMessageSchema, JOBS, (n) => ({ ...status, jobs: list(n, job) })],
];

describe('the maximum of', () => {
  it.each(MAXIMUMS)('%s is accepted, and one more is not', (_what, schema, maximum, make) => {
    expect(schema.safeParse(make(maximum)).success).toBe(true);
    expect(schema.safeParse(make(maximum + 1)).success).toBe(false);
  });
});

describe('a schema', () => {
  it.each([
    ['an unknown field', clientMessageSchema, { type: 'ping', extra: 1 }],
    ['a negative size', clientMessageSchema, { type: 'image.offer', imageId: IMAGE, width: -1, height: 1, bytes: 1 }],
    ['NaN', pointSchema, { x: Number.NaN, y: 0 }],
    ['infinity', pointSchema, { x: Number.POSITIVE_INFINITY, y: 0 }],
    ['capitals in an image id', imageIdSchema, 'A'.repeat(64)],
    ['an empty id', clientMessageSchema, { type: 'job.cancel', jobId: '' }],
    ['a transfer without items', jobRequestSchema, { ...transfer, items: [] }],
  ])('rejects %s', (_what, schema: Schema, value) => {
    expect(schema.safeParse(value).success).toBe(false);
  });
});
