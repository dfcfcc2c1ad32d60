import { type ClientMessage, clientMessageSchema, type Layer, LIMITS } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import type { PendingJob } from '../../../src/shared/messages.js';
import { reduceFlow } from '../../../src/ui/flow/flow.js';
import { scaleNotes } from '../../../src/ui/flow/parts.js';
import { type Flow, type FlowEffect, type FlowEvent, INITIAL_FLOW } from '../../../src/ui/flow/state.js';
import { exportedFrame, frameSummary, layer, layerItem, layerPlacement, UI_BACKEND } from '../fixtures.js';
import { session } from './driver.js';

const TARGETS = 100;
const LAYERS = 500;
const targetIds = Array.from({ length: TARGETS }, (_, index) => `t${index}`);
const summaries = ['s', ...targetIds].map((id) => ({ ...frameSummary(id, 1), layers: LAYERS }));
const items = Array.from({ length: 20 }, (_, index) => layerItem(`item-${index}`, `s-${index}`));

/** Layers with names and texts of the length that they have in real files. */
function layersOf(frameId: string): Layer[] {
  return Array.from({ length: LAYERS }, (_, index) => ({
    ...layer(`${frameId}-${index}`),
    name: `Card / Content / Headline ${index}`,
    text: `Meet the team on Thursday at ${index} o’clock`,
  }));
}

type Job = Extract<ClientMessage, { type: 'job.start' }>;

/** The UI's flow, with a daemon that refuses what the protocol does and answers everything else. */
class Session {
  readonly jobs: Job[] = [];
  pending: PendingJob | null = null;
  #flow: Flow = INITIAL_FLOW;
  #running: Job | null = null;

  constructor(pending: PendingJob | null) {
    this.do({ type: 'connected', backends: [UI_BACKEND], features: [], jobs: [] });
    this.do(session('transfer-annotations', { pending }));
  }

  do(event: FlowEvent): void {
    const { flow, effects } = reduceFlow(this.#flow, event);
    this.#flow = flow;
    for (const effect of effects) this.#carryOut(effect);
  }

  get state(): Flow['state'] {
    return this.#flow.state;
  }

  /** Exports all frames, as the main thread does. */
  export(): void {
    for (const id of ['s', ...targetIds]) {
      const message = { type: 'export.frame', frame: exportedFrame(id, layersOf(id)), done: 1, total: 1 } as const;
      this.do({ type: 'main', message });
    }
    this.do({ type: 'main', message: { type: 'export.done', items, notices: [] } });
  }

  /** Ends the job that runs. */
  finishJob(): void {
    const job = this.#running;
    this.#running = null;
    if (job === null || job.request.kind !== 'transfer') throw new Error('no transfer runs');
    const placements = items.map(({ item }) => layerPlacement(item.itemId, 0.9, { layerId: 'x', box: null }));
    const targets = job.request.targets.map(({ targetId }) => ({ targetId, placements }));
    this.do({
      type: 'daemon',
      message: { type: 'job.result', jobId: job.jobId, result: { kind: 'transfer', targets } },
    });
  }

  #carryOut(effect: FlowEffect): void {
    if (effect.type === 'main' && effect.message.type === 'pending.save') this.pending = effect.message.pending;
    if (effect.type !== 'daemon') return;
    const { message } = effect;
    expect(JSON.stringify(message).length).toBeLessThan(LIMITS.controlFrameBytes);
    expect(clientMessageSchema.safeParse(message).error).toBeUndefined();
    if (message.type === 'image.offer') {
      this.do({ type: 'daemon', message: { type: 'image.have', imageId: message.imageId } });
    }
    if (message.type !== 'job.start') return;
    expect(this.#running).toBeNull();
    this.#running = message;
    this.jobs.push(message);
  }
}

function sentTargets(jobs: readonly Job[]): string[] {
  return jobs.flatMap(({ request }) => (request.kind === 'transfer' ? request.targets.map((one) => one.targetId) : []));
}

function started(): Session {
  const [source, ...targets] = summaries;
  const session = new Session(null);
  session.do({ type: 'pick.source', frame: source ?? null });
  session.do({ type: 'pick.targets', frames: targets });
  session.do({ type: 'start', jobId: 'run' });
  return session;
}

describe('100 targets of 500 layers', () => {
  it('are announced to need several parts before anything is exported', () => {
    const [source = frameSummary('s'), ...targets] = summaries;
    expect(scaleNotes(source, targets)).toEqual([expect.stringMatching(/in about \d+ parts/)]);
  });

  it('are sent in parts that fit, one job at a time, each target once', () => {
    const session = started();
    session.export();
    while (session.state.name === 'running') session.finishJob();
    expect(session.state.name).toBe('preview');
    expect(session.jobs.length).toBeGreaterThan(2);
    expect(session.jobs.length).toBeLessThan(10);
    expect(new Set(session.jobs.map(({ jobId }) => jobId)).size).toBe(session.jobs.length);
    expect(sentTargets(session.jobs)).toEqual(targetIds);
    const { state } = session;
    expect(state.name === 'preview' && state.result.targets.map(({ targetId }) => targetId)).toEqual(targetIds);
  });

  it('continue with what is left after the plugin was closed between two parts', () => {
    const first = started();
    first.export();
    first.finishJob();
    const second = new Session(first.pending);
    second.export();
    while (second.state.name === 'running') second.finishJob();
    expect(second.state.name).toBe('preview');
    const [part] = first.jobs;
    expect(part === undefined ? [] : [...sentTargets([part]), ...sentTargets(second.jobs)]).toEqual(targetIds);
  });
});
