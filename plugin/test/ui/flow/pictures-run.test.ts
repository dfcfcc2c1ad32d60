import type { FittedTransform, WarpResult } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import type { PendingJob } from '../../../src/shared/messages.js';
import { includedPictures } from '../../../src/ui/flow/pictures/pictures.js';
import type { PictureEdit, PicturesStep } from '../../../src/ui/flow/pictures/pictures-state.js';
import type { FlowEvent } from '../../../src/ui/flow/state.js';
import { exportedFrame, failure, frameSummary, UI_BACKEND } from '../fixtures.js';
import { CONNECTED, Driver, session } from './driver.js';

const IDS = ['s', 't1', 't2', 't3', 't4'];
const FRAMES = IDS.map((id) => exportedFrame(id, []));
const BOX = { x: 1, y: 2, w: 3, h: 4 };
const EDIT: PictureEdit = { imageId: 'e'.repeat(64), png: new Uint8Array([9]), width: 400, height: 300, box: BOX };
const STICKER = { nodeId: 'o', name: 'Sticker', type: 'RECTANGLE' };

const fit = (confidence: number): FittedTransform => ({
  ...{ kind: 'affine', transform: [1, 0, 0, 0, 1, 0, 0, 0, 1], inliers: 9, samples: 9, residualPx: 0 },
  confidence,
});
const warped = (targetId: string, confidence: number, pngBytes: number) => ({
  ...{ state: 'warped' as const, targetId, fit: fit(confidence), box: BOX, pngBytes },
});

interface Opened {
  overlays?: (typeof STICKER)[];
  after?: string;
  pending?: PendingJob | null;
}

function driver(picks: Opened = { overlays: [STICKER] }): Driver {
  const [source, ...targets] = IDS.map((id) => frameSummary(id));
  const after = picks.after === undefined ? null : frameSummary(picks.after);
  const { pending = null, overlays = [] } = picks;
  const all = { source: source ?? null, after, targets, overlays };
  return new Driver().do(session('propagate-pictures', { picks: all, pending }), CONNECTED);
}

const EXPORTED: FlowEvent[] = [
  ...FRAMES.map((frame, n): FlowEvent => {
    return { type: 'main', message: { type: 'pictures.frame', frame, done: n + 1, total: FRAMES.length } };
  }),
  { type: 'main', message: { type: 'pictures.exported', overlays: [], notices: ['a notice'] } },
];
const FLATTENED: FlowEvent = { type: 'pictures.flattened', jobId: 'j', edit: EDIT };

/** Until the job runs. */
function running(): Driver {
  const flow = driver().do({ type: 'start', jobId: 'j' }, ...EXPORTED, FLATTENED);
  const offered = flow.effects().flatMap((effect) => {
    return effect.type === 'daemon' && effect.message.type === 'image.offer' ? [effect.message.imageId] : [];
  });
  return flow.do(
    ...offered.map((imageId): FlowEvent => ({ type: 'daemon', message: { type: 'image.have', imageId } })),
  );
}

const RESULT: WarpResult = {
  kind: 'warp',
  targets: [
    warped('t1', 0.9, 2),
    { state: 'refused', targetId: 't2', reason: 'Nothing fits.' },
    warped('t3', 0.2, 1),
    { state: 'failed', targetId: 't4', imageId: 'f'.repeat(64), error: failure('IMAGE_UNREADABLE') },
  ],
};
const FINISHED: FlowEvent = {
  type: 'daemon',
  message: { type: 'job.result', jobId: 'j', result: RESULT },
  payload: new Uint8Array([1, 2, 3]),
};

function stepOf({ flow }: Driver): PicturesStep {
  if (flow.state.name !== 'pictures') throw new Error(`the state is ${flow.state.name}`);
  return flow.state.pictures;
}

function previewed(): Driver {
  const flow = running().do(FINISHED);
  const step = stepOf(flow);
  if (step.step !== 'clipping') throw new Error('the edits are clipped first');
  return flow.do({ type: 'pictures.clipped', jobId: 'j', pictures: step.warped });
}

describe('propagating an edit onto pictures', () => {
  it('needs layers over the source or its edited version', () => {
    expect(driver({}).do({ type: 'start', jobId: 'j' }).state).toBe('pick');
    expect(driver({ after: 'a' }).do({ type: 'start', jobId: 'j' }).state).toBe('pictures');
  });

  it('sends each image once, then starts a warp job', () => {
    const flow = running();
    const [start] = flow.effects().flatMap((effect) => (effect.type === 'daemon' ? [effect.message] : []));
    expect(start).toMatchObject({ type: 'job.start', jobId: 'j', request: { kind: 'warp', edit: EDIT.imageId } });
    expect(stepOf(flow)).toMatchObject({ step: 'comparing', job: { phase: 'running' } });
  });

  it('cuts the payload into the images of the warped targets', () => {
    const step = stepOf(running().do(FINISHED));
    expect(step).toMatchObject({
      step: 'clipping',
      warped: [
        { targetId: 't1', png: new Uint8Array([1, 2]) },
        { targetId: 't3', png: new Uint8Array([3]) },
      ],
    });
  });

  it('previews refusals and failures by target, with doubtful edits off', () => {
    const step = stepOf(previewed());
    if (step.step !== 'preview') throw new Error('no preview');
    expect(step.refused).toMatchObject([{ targetId: 't2', detail: 'Nothing fits.' }]);
    expect(step.run.failed.map(({ nodeId }) => nodeId)).toEqual(['t4']);
    expect(includedPictures(step).map(({ targetId }) => targetId)).toEqual(['t1']);
    expect(step.run.notices).toEqual(['a notice']);
  });

  it('names targets whose shape leaves nothing of the edit', () => {
    const flow = running().do(FINISHED, { type: 'pictures.clipped', jobId: 'j', pictures: [] });
    expect(stepOf(flow)).toMatchObject({ refused: [{ targetId: 't2' }, { targetId: 't1' }, { targetId: 't3' }] });
  });

  it('applies the included edits, keeps the preview if Figma rejects them, and can be undone', () => {
    const flow = previewed().do({ type: 'include', keys: ['t3'], on: true });
    flow.effects();
    flow.do({ type: 'apply' });
    expect(flow.effects()).toMatchObject([
      { message: { type: 'pictures.apply', sourceId: 's', pictures: [{ targetId: 't1' }, { targetId: 't3' }] } },
    ]);
    const problem = { message: 'No.', hint: 'Again.' };
    flow.do({ type: 'main', message: { type: 'apply.failed', problem } });
    expect(stepOf(flow)).toMatchObject({ step: 'preview', problem });
    const summary = { created: 2, updated: 0, notes: 0, skipped: [] };
    flow.do({ type: 'apply' }, { type: 'main', message: { type: 'applied', summary } });
    expect(stepOf(flow)).toMatchObject({ step: 'done', undo: 'available' });
    flow.do({ type: 'undo' }, { type: 'main', message: { type: 'undone' } }, { type: 'back' });
    expect(stepOf(flow).step).toBe('preview');
  });

  it('cancels the job, and ignores what an earlier run drew', () => {
    const flow = running();
    flow.effects();
    expect(flow.do({ type: 'cancel' }).toDaemon()).toEqual(['job.cancel']);
    flow.do({ type: 'start', jobId: 'k' }, ...EXPORTED, FLATTENED);
    expect(stepOf(flow).step).toBe('flattening');
  });

  it('rejoins the job after a reconnect, and sends again what a restarted daemon lost', () => {
    const flow = running().do({ type: 'disconnected' });
    flow.effects();
    flow.do({ ...CONNECTED, jobs: [{ jobId: 'j', state: 'running' }] });
    expect(flow.toDaemon()).toEqual(['job.start']);
    flow.do({ type: 'disconnected' }, CONNECTED);
    expect(new Set(flow.toDaemon())).toEqual(new Set(['image.offer']));
    expect(stepOf(flow)).toMatchObject({ step: 'comparing', job: { phase: 'sending' } });
  });

  it('resumes under the same id after the window was closed, and forgets the run after Apply', () => {
    const [save] = driver()
      .do({ type: 'start', jobId: 'j' })
      .effects()
      .flatMap((effect) => (effect.type === 'main' && effect.message.type === 'pending.save' ? [effect.message] : []));
    expect(save?.pending).toMatchObject({ jobId: 'j', sourceId: 's', overlayIds: ['o'] });
    const reopened = driver({ overlays: [STICKER], pending: save?.pending ?? null });
    expect(stepOf(reopened)).toMatchObject({ step: 'exporting', run: { jobId: 'j', targetIds: IDS.slice(1) } });
    const summary = { created: 1, updated: 0, notes: 0, skipped: [] };
    const done = previewed().do({ type: 'apply' });
    done.effects();
    done.do({ type: 'main', message: { type: 'applied', summary } });
    expect(done.effects()).toMatchObject([{ message: { type: 'pending.save', pending: null } }]);
  });

  it('downloads a missing model and runs again as a new job', () => {
    const missing = { ...UI_BACKEND, state: 'missing' as const };
    const flow = driver().do(
      { ...CONNECTED, backends: [missing] },
      { type: 'start', jobId: 'j' },
      ...EXPORTED,
      FLATTENED,
    );
    expect(stepOf(flow)).toMatchObject({ step: 'failed', error: { code: 'MODEL_MISSING' } });
    flow.effects();
    expect(flow.do({ type: 'download' }).toDaemon()).toEqual(['model.pull']);
    flow.do({ ...CONNECTED, backends: [UI_BACKEND] });
    expect(stepOf(flow)).toMatchObject({ step: 'comparing', run: { jobId: 'j.2' } });
  });

  it('shows why the job failed, and returns to the picks if nothing is drawn', () => {
    const failed = running().do({
      type: 'daemon',
      message: { type: 'job.failed', jobId: 'j', error: failure('GPU_OUT_OF_MEMORY') },
    });
    expect(stepOf(failed)).toMatchObject({ step: 'failed', error: { code: 'GPU_OUT_OF_MEMORY' } });
    const empty = driver().do({ type: 'start', jobId: 'j' }, ...EXPORTED, { ...FLATTENED, edit: null });
    expect(empty.flow.state).toMatchObject({ name: 'pick', problem: { message: expect.stringMatching(/lies over/) } });
  });
});
