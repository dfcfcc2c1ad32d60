import { imageLabel, MATCHING_STAGES } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import type { InspectOpen } from '../../../src/ui/flow/inspect/inspect-state.js';
import { layerAt } from '../../../src/ui/flow/inspect/layer-at.js';
import { hashFrame } from '../../../src/ui/flow/request.js';
import type { FlowEffect, FlowEvent } from '../../../src/ui/flow/state.js';
import { exportedFrame, failure, frameSummary, layer, UI_BACKEND } from '../fixtures.js';
import { Driver, session } from './driver.js';

const CONNECTED: FlowEvent = { type: 'connected', backends: [UI_BACKEND], features: [MATCHING_STAGES], jobs: [] };
const CARD = layer('t1-card', { x: 0, y: 0, w: 200, h: 100 });
const LABEL = layer('t1-label', { x: 10, y: 10, w: 50, h: 20 });
const FRAMES = {
  s: exportedFrame('s'),
  t1: exportedFrame('t1', [layer('t1', { x: 0, y: 0, w: 400, h: 300 }), CARD, LABEL]),
  t2: exportedFrame('t2'),
};
type FrameId = keyof typeof FRAMES;

/** The daemon has every image at once, and answers each job when it is told to. */
class Inspection {
  readonly driver = new Driver();
  readonly asked: { jobId: string; targetId: string; x: number; refines: boolean | undefined }[] = [];
  readonly cancelled: string[] = [];
  readonly waits: number[] = [];
  readonly toMain: string[] = [];

  static opened(targets: FrameId[] = ['t1', 't2'], inView: FrameId[] = targets): Inspection {
    const inspection = new Inspection();
    const { driver } = inspection;
    driver.do(session('inspect-point'), CONNECTED, { type: 'pick.source', frame: frameSummary('s', 1) });
    driver.do({ type: 'pick.targets', frames: targets.map((id) => frameSummary(id)) }, { type: 'start', jobId: 'run' });
    inspection.export(['s', ...targets]);
    inspection.do(...inView.map((targetId): FlowEvent => ({ type: 'inspect.in-view', targetId, on: true })));
    return inspection;
  }

  export(ids: FrameId[], frames: Partial<typeof FRAMES> = {}): void {
    for (const id of ids) {
      const frame = { ...FRAMES, ...frames }[id];
      this.main({ type: 'export.frame', frame, done: 1, total: ids.length });
    }
    this.main({ type: 'export.done', items: [], notices: [] });
  }

  do(...events: FlowEvent[]): void {
    this.driver.do(...events);
    for (const effect of this.driver.effects()) this.#run(effect);
  }

  main(message: Extract<FlowEvent, { type: 'main' }>['message']): void {
    this.do({ type: 'main', message });
  }

  move(x: number, isMoving = false): void {
    this.do({ type: 'inspect.point', point: { x, y: 50 }, isMoving });
  }

  /** Answers the job that was asked last. */
  answer(similarity = 0.9): void {
    const { jobId = '' } = this.asked.at(-1) ?? {};
    const matches = [
      { point: { x: 12, y: 12 }, similarity, confidence: 0.8 },
      { point: { x: 150, y: 90 }, similarity: 0.4, confidence: 0.1 },
    ];
    const heatmap = { width: 2, height: 1, lowest: -0.2, highest: 0.9 };
    const message = { type: 'job.result', jobId, result: { kind: 'inspect', matches, heatmap } } as const;
    this.do({ type: 'daemon', message, payload: new Uint8Array([0, 255]) });
  }

  fail(...[code, parts]: Parameters<typeof failure>): void {
    const { jobId = '' } = this.asked.at(-1) ?? {};
    this.do({ type: 'daemon', message: { type: 'job.failed', jobId, error: failure(code, parts) } });
  }

  answerAll(): void {
    for (let before = -1; before !== this.asked.length; ) {
      before = this.asked.length;
      this.answer();
    }
  }

  get open(): InspectOpen {
    const { state } = this.driver.flow;
    if (state.name !== 'inspect' || state.inspect.step !== 'open') throw new Error(`the state is ${state.name}`);
    return state.inspect;
  }

  #run(effect: FlowEffect): void {
    if (effect.type === 'inspect.wait') this.waits.push(effect.ms);
    if (effect.type === 'main') this.toMain.push(effect.message.type);
    if (effect.type !== 'daemon') return;
    const { message } = effect;
    if (message.type === 'job.cancel') this.cancelled.push(message.jobId);
    if (message.type === 'image.offer') {
      this.do({ type: 'daemon', message: { type: 'image.have', imageId: message.imageId } });
    }
    if (message.type !== 'job.start' || message.request.kind !== 'inspect') return;
    const { target, point, coarseToFine } = message.request;
    const [targetId = ''] = Object.entries(FRAMES).flatMap(([id, frame]) =>
      hashFrame(frame).imageId === target ? [id] : [],
    );
    this.asked.push({ jobId: message.jobId, targetId, x: point.x, refines: coarseToFine });
  }
}

describe('inspecting a point', () => {
  it('starts in the middle of the source, and asks for one target after the other', () => {
    const inspection = Inspection.opened();
    expect(inspection.open.point).toMatchObject({ x: 200, y: 150 });
    expect(inspection.asked.map(({ targetId, x }) => [targetId, x])).toEqual([['t1', 200]]);
    inspection.answer();
    expect(inspection.asked.map(({ targetId }) => targetId)).toEqual(['t1', 't2']);
  });

  it('starts on the selected layer of the source', () => {
    const inspection = new Inspection();
    const layers = [{ nodeId: 's-a', name: 'a', type: 'FRAME', ancestorIds: ['s'], frameId: 's' }];
    inspection.do(session('inspect-point'), CONNECTED, { type: 'pick.source', frame: frameSummary('s') });
    inspection.main({ type: 'selection', selection: { frames: [], overlays: [], layers, layerFrames: [] } });
    inspection.do({ type: 'pick.targets', frames: [frameSummary('t1')] }, { type: 'start', jobId: 'run' });
    inspection.export(['s', 't1']);
    expect(inspection.open.point).toMatchObject({ x: 60, y: 40 });
  });

  it('asks for the newest point only, with one job in flight', () => {
    const inspection = Inspection.opened(['t1']);
    for (let x = 1; x <= 50; x += 1) inspection.move(x, true);
    expect(inspection.asked).toHaveLength(1);
    inspection.answer();
    expect(inspection.asked.map(({ x }) => x)).toEqual([200, 50]);
    expect(inspection.cancelled).toEqual([]);
  });

  it('keeps all targets in view up with a moving point, and leaves out the others until it rests', () => {
    const inspection = Inspection.opened(['t1', 't2'], ['t1']);
    inspection.answerAll();
    inspection.asked.length = 0;
    for (let x = 1; x <= 4; x += 1) {
      inspection.move(x, true);
      inspection.answer();
    }
    expect(inspection.asked.map(({ targetId }) => targetId)).toEqual(['t1', 't1', 't1', 't1']);
    inspection.do({ type: 'inspect.in-view', targetId: 't2', on: true });
    expect(inspection.asked.at(-1)?.targetId).toBe('t2');
  });

  it('refines the positions when the point rests', () => {
    const inspection = Inspection.opened(['t1']);
    inspection.answer();
    expect(inspection.asked.map(({ refines }) => refines)).toEqual([false, true]);
    inspection.answer();
    inspection.move(30, true);
    inspection.answer();
    expect(inspection.asked.map(({ refines }) => refines)).toEqual([false, true, false]);
    inspection.move(30);
    expect(inspection.asked.map(({ refines }) => refines)).toEqual([false, true, false, true]);
  });

  it('does not refine with a daemon that cannot leave the refinement out, nor with other networks', () => {
    for (const parts of [{ features: [] }, { backends: [{ ...UI_BACKEND, state: 'ready' as const }] }]) {
      const inspection = Inspection.opened(['t1']);
      inspection.do({ ...CONNECTED, ...parts });
      inspection.answerAll();
      expect(inspection.asked.filter(({ refines }) => refines === true)).toEqual([]);
    }
  });

  it('keeps the point on the picture', () => {
    const inspection = Inspection.opened();
    inspection.do({ type: 'inspect.point', point: { x: -5, y: 900 }, isMoving: false });
    expect(inspection.open.point).toMatchObject({ x: 0, y: 299 });
  });

  it('searches the source itself without targets, and beside them on request', () => {
    const alone = Inspection.opened([]);
    alone.do({ type: 'inspect.in-view', targetId: 's', on: true });
    expect(alone.asked.map(({ targetId }) => targetId)).toEqual(['s']);
    const beside = Inspection.opened(['t1']);
    beside.do({ type: 'inspect.self', on: true });
    beside.answer();
    expect(beside.asked.map(({ targetId }) => targetId)).toContain('s');
    beside.do({ type: 'inspect.self', on: false });
    expect(beside.open.run.targets.map(({ nodeId }) => nodeId)).toEqual(['t1']);
  });
});

describe('faults', () => {
  it('of one target leave the others to be searched, and it can be tried again', () => {
    const inspection = Inspection.opened();
    inspection.fail('IMAGE_UNREADABLE', { message: `${imageLabel(hashFrame(FRAMES.t1).imageId)} is damaged.` });
    expect(inspection.open.problems.get('t1')).toEqual({
      message: '“Frame t1” is damaged.',
      hint: 'Export again. If that fails too, choose a frame inside it.',
    });
    inspection.answerAll();
    expect(inspection.open.results.has('t2')).toBe(true);
    inspection.do({ type: 'inspect.try-again', targetId: 't1' });
    expect(inspection.asked.at(-1)?.targetId).toBe('t1');
  });

  it('of the source end the search', () => {
    const inspection = Inspection.opened();
    inspection.fail('IMAGE_UNREADABLE', { message: `${imageLabel(hashFrame(FRAMES.s).imageId)} is damaged.` });
    const { state } = inspection.driver.flow;
    expect(state).toMatchObject({ inspect: { step: 'failed', error: { message: '“Frame s” is damaged.' } } });
  });

  it('of the model end it until it is downloaded; the point stays', () => {
    const inspection = Inspection.opened(['t1']);
    inspection.move(77);
    inspection.fail('MODEL_MISSING', { details: { modelId: 'ui' } });
    inspection.do({ type: 'retry' });
    expect(inspection.open.point).toMatchObject({ x: 77 });
    expect(inspection.asked.at(-1)).toMatchObject({ jobId: 'run.2-2', x: 77 });
  });

  it('of a full queue make it wait', () => {
    const inspection = Inspection.opened(['t1']);
    inspection.fail('QUEUE_FULL', { retryAfterMs: 700 });
    inspection.move(40);
    expect(inspection.asked).toHaveLength(1);
    expect(inspection.waits).toEqual([700]);
    inspection.do({ type: 'inspect.waited' });
    expect(inspection.asked.at(-1)?.x).toBe(40);
  });

  it('of the connection keep everything, and the search goes on after it', () => {
    const inspection = Inspection.opened(['t1']);
    inspection.answerAll();
    inspection.do({ type: 'disconnected' });
    inspection.move(90);
    expect(inspection.open.results.get('t1')?.matches).toHaveLength(2);
    const before = inspection.asked.length;
    inspection.do(CONNECTED);
    expect(inspection.asked.slice(before).map(({ x }) => x)).toEqual([90]);
  });

  it('of the daemon’s image store send the images again', () => {
    const inspection = Inspection.opened(['t1']);
    inspection.fail('IMAGE_MISSING');
    expect(inspection.asked.map(({ jobId }) => jobId)).toEqual(['run-1', 'run-2']);
  });
});

describe('a match', () => {
  it('is selected by the smallest layer that contains it', () => {
    const inspection = Inspection.opened(['t1']);
    inspection.answerAll();
    inspection.driver.do({ type: 'inspect.select', match: { targetId: 't1', rank: 0 } });
    expect(inspection.driver.effects()).toMatchObject([
      { message: { type: 'layer.show', frameId: 't1', layerId: 't1-label' } },
    ]);
    inspection.driver.do({ type: 'inspect.select', match: { targetId: 't1', rank: 1 } });
    expect(inspection.driver.effects()).toMatchObject([{ message: { layerId: 't1-card' } }]);
  });

  it('gets a note, which can be undone; a failed one keeps its text', () => {
    const inspection = Inspection.opened(['t1']);
    inspection.answerAll();
    inspection.do({ type: 'inspect.note', match: { targetId: 't1', rank: 0 } });
    inspection.do({ type: 'inspect.note-text', text: 'Same label' });
    inspection.driver.do({ type: 'inspect.place-note' });
    expect(inspection.driver.effects()).toMatchObject([
      { message: { type: 'notes.apply', notes: [{ targetId: 't1', text: 'Same label', box: { x: 12, y: 12 } }] } },
    ]);
    inspection.main({ type: 'apply.failed', problem: { message: 'Locked.', hint: 'Unlock it.' } });
    expect(inspection.open).toMatchObject({
      note: { text: 'Same label', isPlacing: false },
      problem: { message: 'Locked.' },
    });
    inspection.do({ type: 'inspect.place-note' });
    inspection.main({ type: 'applied', summary: { created: 0, updated: 0, notes: 1, skipped: [] } });
    expect(inspection.open).toMatchObject({ note: null, problem: null, done: { undo: 'available' } });
    inspection.do({ type: 'undo' });
    inspection.main({ type: 'undone' });
    expect(inspection.open.done?.undo).toBe('done');
  });

  it('is carried over: another command with the layer under the point and the same frames', () => {
    const inspection = Inspection.opened();
    inspection.move(20);
    inspection.do({ type: 'inspect.carry', command: 'select-matching' });
    const { command, picks, state } = inspection.driver.flow;
    expect([command, state.name]).toEqual(['select-matching', 'pick']);
    expect(picks.layers.map(({ nodeId }) => nodeId)).toEqual(['s-a']);
    expect(picks.targets.map(({ nodeId }) => nodeId)).toEqual(['t1', 't2']);
  });

  it('has the topmost of equal layers under it, and none outside of all', () => {
    const box = { x: 0, y: 0, w: 10, h: 10 };
    expect(layerAt([layer('below', box), layer('above', box)], { x: 5, y: 5 })?.layerId).toBe('above');
    expect(layerAt([layer('one', box)], { x: 10, y: 5 })).toBeNull();
  });
});

describe('frames that change', () => {
  it('are named by changed and by deleted layers, and exported again with the point where it was', () => {
    const inspection = Inspection.opened();
    inspection.move(100);
    inspection.answerAll();
    inspection.main({ type: 'export.outdated', frameIds: ['t2', 'other'], deletedIds: ['t1-label'] });
    expect([...inspection.open.changed].sort()).toEqual(['t1', 't2']);
    inspection.do({ type: 'inspect.export-again' });
    expect(inspection.open.exporting).not.toBeNull();
    const larger = { ...FRAMES.s, png: new TextEncoder().encode('new png'), width: 800, height: 600 };
    inspection.export(['s', 't1', 't2'], { s: larger });
    expect(inspection.open).toMatchObject({ exporting: null, point: { x: 200, y: 100 } });
    expect(inspection.open.changed.size).toBe(0);
    expect(inspection.asked.at(-1)?.x).toBe(200);
  });

  it('stay as they were if the new export fails', () => {
    const inspection = Inspection.opened(['t1']);
    inspection.do({ type: 'inspect.export-again' });
    const problem = { message: 'A selected frame was deleted.', hint: 'Choose the frames again.' };
    inspection.main({ type: 'export.failed', problem });
    expect(inspection.open).toMatchObject({ exporting: null, problem });
    inspection.answerAll();
    expect(inspection.open.results.has('t1')).toBe(true);
  });
});

it('leaves with the standard window, and stops a slow job only', () => {
  const fast = Inspection.opened(['t1']);
  fast.do({ type: 'back' });
  expect(fast.cancelled).toEqual([]);
  expect(fast.toMain.filter((type) => type === 'window')).toHaveLength(2);
  const slow = Inspection.opened(['t1']);
  const progress = { stage: 'features', done: 1, total: 6, elapsedMs: 900 } as const;
  slow.do({ type: 'daemon', message: { type: 'job.progress', jobId: 'run-1', progress } });
  slow.do({ type: 'back' });
  expect(slow.cancelled).toEqual(['run-1']);
  expect(slow.driver.state).toBe('pick');
});
