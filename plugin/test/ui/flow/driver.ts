import type { Placement } from '@samepoint/shared-protocol';
import type { Command } from '../../../src/shared/messages.js';
import { reduceFlow } from '../../../src/ui/flow/flow.js';
import { groupsOf } from '../../../src/ui/flow/preview/preview.js';
import { isIncluded } from '../../../src/ui/flow/preview/preview-choices.js';
import { hashFrame } from '../../../src/ui/flow/request.js';
import {
  type Flow,
  type FlowEffect,
  type FlowEvent,
  type FlowState,
  INITIAL_FLOW,
} from '../../../src/ui/flow/state.js';
import { exportedFrame, frameSummary, layerItem, layerPlacement, resultFor, UI_BACKEND } from '../fixtures.js';
import { type SessionParts, session as sessionMessage } from '../session.js';

/** Sends events to a flow and collects their effects. */
export class Driver {
  flow: Flow = INITIAL_FLOW;
  #effects: FlowEffect[] = [];

  do(...events: FlowEvent[]): this {
    for (const event of events) {
      const { flow, effects } = reduceFlow(this.flow, event);
      this.flow = flow;
      this.#effects.push(...effects);
    }
    return this;
  }

  get state(): FlowState['name'] {
    return this.flow.state.name;
  }

  /** The effects since the last call. */
  effects(): FlowEffect[] {
    return this.#effects.splice(0);
  }

  /** The types of the messages to the daemon since the last call. */
  toDaemon(): string[] {
    return this.effects().flatMap((effect) => {
      if (effect.type === 'image') return ['image.data'];
      return effect.type === 'daemon' ? [effect.message.type] : [];
    });
  }
}

export const SOURCE = frameSummary('s', 2);
export const TARGET = frameSummary('t');
const BOX = { x: 5, y: 5, w: 10, h: 10 };
export const IMAGES = [exportedFrame('s'), exportedFrame('t')].map((frame) => hashFrame(frame).imageId);
export const ITEMS = [layerItem('1', 's-a'), layerItem('2', 's-a'), layerItem('3', 's-a'), layerItem('4', 's-a')];
export const PLACEMENTS: Placement[] = [
  layerPlacement('1', 0.9, { layerId: 't-a', box: BOX }),
  layerPlacement('2', 0.4, { layerId: 't-a', box: BOX }),
  layerPlacement('3', 0.8, { layerId: null, box: BOX }),
  layerPlacement('4', 0.1, { layerId: null, box: null }),
];

export const CONNECTED = { type: 'connected', backends: [UI_BACKEND], features: [], jobs: [] } satisfies FlowEvent;
export const HAVE: FlowEvent[] = IMAGES.map((imageId) => ({
  type: 'daemon',
  message: { type: 'image.have', imageId },
}));
export const EXPORTED: FlowEvent[] = [
  { type: 'main', message: { type: 'export.frame', frame: exportedFrame('s'), done: 1, total: 2 } },
  { type: 'main', message: { type: 'export.frame', frame: exportedFrame('t'), done: 2, total: 2 } },
  { type: 'main', message: { type: 'export.done', items: ITEMS, notices: [] } },
];

/** The start of a command. */
export function session(command: Command = 'transfer-annotations', parts: SessionParts = {}): FlowEvent {
  return { type: 'main', message: sessionMessage(command, 1, parts) };
}

export function result(jobId: string): FlowEvent {
  return { type: 'daemon', message: { type: 'job.result', jobId, result: resultFor('t', PLACEMENTS) } };
}

/** Keys of the rows that Apply writes. */
export function included({ flow }: Driver): string[] {
  const { state } = flow;
  if (state.name !== 'preview') throw new Error(`The state is ${state.name}.`);
  return groupsOf(flow, state).flatMap(({ rows }) => rows.flatMap((row) => (isIncluded(state, row) ? [row.key] : [])));
}

export function start(jobId: string): FlowEvent {
  return { type: 'start', jobId };
}

export function picked(): Driver {
  const run = new Driver().do(session(), CONNECTED);
  run.do({ type: 'pick.source', frame: SOURCE }, { type: 'pick.targets', frames: [TARGET] });
  run.effects();
  return run;
}

export const exporting = (): Driver => picked().do(start('job'));
export const sending = (): Driver => exporting().do(...EXPORTED);
export const running = (): Driver => sending().do(...HAVE);
export const preview = (): Driver => running().do(result('job'));
export const applying = (): Driver => preview().do({ type: 'apply' });
