import { imageLabel, LIMITS, type TransferRequest, transferRequestSchema } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import type { ExportedFrame, PendingJob } from '../../../src/shared/messages.js';
import { buildPart, scaleNotes } from '../../../src/ui/flow/parts.js';
import { hashFrame, jsonBytes } from '../../../src/ui/flow/request.js';
import type { FlowEvent } from '../../../src/ui/flow/state.js';
import { exportedFrame, failure, frameSummary, layer, layerItem, layerPlacement } from '../fixtures.js';
import { CONNECTED, Driver, ITEMS, included, picked, session, start } from './driver.js';

const IDS = Array.from({ length: 9 }, (_, index) => `t${index}`);
/** So long that a message holds two targets beside the source. */
const LONG_TEXT = 'é'.repeat(LIMITS.textChars);

function heavyFrame(nodeId: string, text = LONG_TEXT): ExportedFrame {
  const layers = Array.from({ length: 550 }, (_, index) => ({ ...layer(`${nodeId}-${index}`), type: 'TEXT', text }));
  return exportedFrame(nodeId, layers);
}

const EXPORTED: FlowEvent[] = [
  ...[exportedFrame('s'), ...IDS.map((id) => heavyFrame(id))].map((frame): FlowEvent => {
    return { type: 'main', message: { type: 'export.frame', frame, done: 1, total: 1 } };
  }),
  { type: 'main', message: { type: 'export.done', items: ITEMS, notices: [] } },
];

function exported(): Driver {
  const run = picked().do({ type: 'pick.remove-target', nodeId: 't' });
  run.do({ type: 'pick.targets', frames: IDS.map((id) => frameSummary(id)) }, start('job'));
  run.effects();
  return run.do(...EXPORTED);
}

interface Started {
  jobId: string;
  request: TransferRequest;
}

/** Accepts all offered images. Returns the job that starts then, and the offers. */
function startPart(run: Driver): Started & { offered: string[] } {
  const offered = run.effects().flatMap((effect) => {
    return effect.type === 'daemon' && effect.message.type === 'image.offer' ? [effect.message.imageId] : [];
  });
  for (const imageId of offered) run.do({ type: 'daemon', message: { type: 'image.have', imageId } });
  const [job] = run.effects().flatMap((effect) => (effect.type === 'daemon' ? [effect.message] : []));
  if (job?.type !== 'job.start' || job.request.kind !== 'transfer') throw new Error(`${job?.type}`);
  return { jobId: job.jobId, request: job.request, offered };
}

function finish(run: Driver, { jobId, request }: Started): Driver {
  const targets = request.targets.map(({ targetId }) => {
    return { targetId, placements: [layerPlacement('1', 0.9, { layerId: `${targetId}-0`, box: null })] };
  });
  return run.do({ type: 'daemon', message: { type: 'job.result', jobId, result: { kind: 'transfer', targets } } });
}

function pendingOf(run: Driver): PendingJob | null {
  const saved = run.effects().flatMap((effect) => (effect.type === 'main' ? [effect.message] : []));
  const last = saved.findLast((message) => message.type === 'pending.save');
  return last?.type === 'pending.save' ? last.pending : null;
}

const targetsOf = ({ request }: Started) => request.targets.map(({ targetId }) => targetId);

describe('a run that is too large for one message', () => {
  it('is sent as jobs that fit, each with its own images, and joined in the order of the picks', () => {
    const run = exported();
    const sent: string[] = [];
    const jobIds = new Set<string>();
    while (run.state === 'sending') {
      const part = startPart(run);
      jobIds.add(part.jobId);
      sent.push(...targetsOf(part));
      expect(part.offered).toHaveLength(part.request.targets.length + 1);
      expect(transferRequestSchema.safeParse(part.request).success).toBe(true);
      const message = { type: 'job.start', jobId: part.jobId, request: part.request };
      expect(jsonBytes(message)).toBeLessThanOrEqual(LIMITS.controlFrameBytes);
      finish(run, part);
    }
    expect(sent).toEqual(IDS);
    expect(jobIds.size).toBeGreaterThan(2);
    if (run.flow.state.name !== 'preview') throw new Error(run.state);
    expect(run.flow.state.result.targets.map(({ targetId }) => targetId)).toEqual(IDS);
    expect(included(run)).toHaveLength(IDS.length);
  });

  it('can be cancelled in any part, and started again', () => {
    const run = exported();
    finish(run, startPart(run));
    const second = startPart(run);
    expect(run.do({ type: 'cancel' }).effects()).toContainEqual({
      type: 'daemon',
      message: { type: 'job.cancel', jobId: second.jobId },
    });
    run.do(start('again'), ...EXPORTED);
    run.effects();
    expect(run.flow.state).toMatchObject({ name: 'sending', run: { finished: [] } });
  });

  it('rejoins the part that runs after a reconnect, or sends that part again', () => {
    const run = exported();
    finish(run, startPart(run));
    const second = startPart(run);
    run.do({ type: 'disconnected' }, { ...CONNECTED, jobs: [{ jobId: second.jobId, state: 'running' }] });
    expect(run.effects()).toMatchObject([{ message: { type: 'job.start', jobId: second.jobId } }]);
    run.do({ type: 'disconnected' }, CONNECTED);
    expect(startPart(run)).toMatchObject({ jobId: second.jobId, request: second.request });
  });

  it('keeps what is finished when a later part fails', () => {
    const run = exported();
    const first = startPart(run);
    const second = startPart(finish(run, first));
    run.do({
      type: 'daemon',
      message: { type: 'job.failed', jobId: second.jobId, error: failure('GPU_OUT_OF_MEMORY') },
    });
    expect(run.state).toBe('failed');
    run.effects();
    run.do({ type: 'retry' });
    const retried = startPart(run);
    expect(targetsOf(retried)).toEqual(targetsOf(second));
    expect(retried.jobId).not.toBe(second.jobId);
  });

  it('goes on with the next part if the daemon accepts no image of one', () => {
    const run = exported();
    const [first, second] = IDS.map((id) => hashFrame(heavyFrame(id)).imageId);
    for (const imageId of [first ?? '', second ?? '']) {
      const error = failure('IMAGE_TOO_LARGE', { message: `${imageLabel(imageId)} is too large.` });
      run.do({ type: 'daemon', message: { type: 'error', error, imageId } });
    }
    expect(run.flow.state).toMatchObject({ name: 'sending', run: { failed: [{ nodeId: 't0' }, { nodeId: 't1' }] } });
  });
});

describe('a run in parts that the designer closed', () => {
  function pendingAfterFirst(): { pending: PendingJob; first: string[]; second: Started } {
    const run = exported();
    const first = startPart(run);
    const pending = pendingOf(finish(run, first));
    // the same effects are offers of the second part
    const again = exported();
    const second = startPart(finish(again, startPart(again)));
    if (pending === null) throw new Error('nothing is pending');
    return { pending, first: targetsOf(first), second };
  }

  it('continues with the part that ran', () => {
    const { pending, first, second } = pendingAfterFirst();
    expect(pending.finished?.map(({ target }) => target.targetId)).toEqual(first);
    const run = new Driver().do(session('transfer-annotations', { pending }), CONNECTED);
    run.effects();
    run.do(...EXPORTED);
    expect(startPart(run)).toMatchObject({ jobId: second.jobId, request: second.request });
  });

  it('compares frames again that changed meanwhile', () => {
    const { pending } = pendingAfterFirst();
    const run = new Driver().do(session('transfer-annotations', { pending }), CONNECTED);
    run.do(...EXPORTED.slice(0, -1));
    const frame = heavyFrame('t0', 'changed');
    run.do({ type: 'main', message: { type: 'export.frame', frame, done: 1, total: 1 } });
    run.effects();
    run.do(...EXPORTED.slice(-1));
    expect(targetsOf(startPart(run))).toContain('t0');
  });
});

describe('a request', () => {
  const parts = (frame: ExportedFrame) => {
    const frames = [exportedFrame('s'), frame].map(hashFrame);
    return { frames, sourceId: 's', targetIds: [frame.nodeId], items: [layerItem('1', 's-a')], withReferences: false };
  };

  it('rounds boxes to a tenth of a pixel', () => {
    const box = { x: 10.123456, y: -0.04, w: 99.98, h: 40.05 };
    const built = buildPart(parts(exportedFrame('t', [layer('t-a', box)])), 'ui');
    expect(built.ok && built.request.targets[0]?.frame.layers[0]?.box).toEqual({ x: 10.1, y: -0, w: 100, h: 40.1 });
  });

  it('has references of layers only for a daemon that knows them', () => {
    const frame = exportedFrame('t', [{ ...layer('t-a'), references: { component: 'c' } }]);
    const referencesOf = (withReferences: boolean) => {
      const built = buildPart({ ...parts(frame), withReferences }, 'ui');
      return built.ok ? built.request.targets[0]?.frame.layers[0]?.references : null;
    };
    expect([referencesOf(true), referencesOf(false)]).toEqual([{ component: 'c' }, undefined]);
  });
});

describe('before the export', () => {
  it('says nothing about frames of usual size', () => {
    expect(scaleNotes(frameSummary('s'), [frameSummary('t')])).toEqual([]);
  });

  it('tells of many parts, and of frames with more layers than are compared', () => {
    const targets = IDS.flatMap((id) =>
      Array.from({ length: 11 }, (_, n) => ({ ...frameSummary(`${id}${n}`), layers: 500 })),
    );
    expect(scaleNotes(frameSummary('s'), targets).join()).toContain('about 2 parts');
    const large = { ...frameSummary('x'), layers: LIMITS.layersPerFrame + 1 };
    expect(scaleNotes(large, [frameSummary('t')]).join()).toContain('“Frame x” has 1001 layers');
  });
});
