import type { MeasurementSide, MeasurementSpec, RawMeasurement } from '../spec.js';
import { unwrap, type Wrapped, wrap } from './node-proxy.js';
import { documentState, find, manifest, newId, pageIdOf } from './store.js';
import { findByKey } from './tree.js';

interface End {
  node: Wrapped;
  side: MeasurementSide;
}

const HORIZONTAL: ReadonlySet<MeasurementSide> = new Set(['LEFT', 'RIGHT']);

/** The measurements of a document spec, by node ids. */
export function buildMeasurements(specs: readonly MeasurementSpec[]): RawMeasurement[] {
  return specs.flatMap(({ startKey, endKey, startSide = 'BOTTOM', endSide = 'TOP' }) => {
    const [start, end] = [findByKey(startKey), findByKey(endKey)];
    if (start === null || end === null) return [];
    return { id: newId(), startId: start.id, startSide, endId: end.id, endSide, offset: OUTER, freeText: '' };
  });
}

const OUTER: RawMeasurement['offset'] = { type: 'OUTER', fixed: 0 };

/** Of a page: both layers still exist and are on it. */
export function measurementsOf(pageId: string): unknown[] {
  return documentState()
    .measurements.filter(({ startId, endId }) => [startId, endId].every((id) => isOn(id, pageId)))
    .map(asRead);
}

function isOn(id: string, pageId: string): boolean {
  const node = find(id);
  return node !== null && pageIdOf(node) === pageId;
}

function asRead({ id, startId, startSide, endId, endSide, offset, freeText }: RawMeasurement): unknown {
  return {
    id,
    start: { node: wrap(startId), side: startSide },
    end: { node: wrap(endId), side: endSide },
    offset: { ...offset },
    freeText,
  };
}

/** Typings, `addMeasurement`: only in Dev Mode, and only along one axis. */
export function addMeasurement(
  start: End,
  end: End,
  options: { offset?: RawMeasurement['offset']; freeText?: string } = {},
): unknown {
  requireDevMode('addMeasurement');
  if (HORIZONTAL.has(start.side) !== HORIZONTAL.has(end.side)) {
    throw new Error('in addMeasurement: Measurements must be on the same axis');
  }
  const measurement: RawMeasurement = {
    id: newId(),
    startId: unwrap(start.node).id,
    startSide: start.side,
    endId: unwrap(end.node).id,
    endSide: end.side,
    offset: options.offset ?? { type: 'INNER', relative: 0 },
    freeText: options.freeText ?? '',
  };
  documentState().measurements.push(measurement);
  return asRead(measurement);
}

export function deleteMeasurement(id: string): void {
  requireDevMode('deleteMeasurement');
  const state = documentState();
  state.measurements = state.measurements.filter((measurement) => measurement.id !== id);
}

function requireDevMode(name: string): void {
  if (manifest.editor !== 'dev') throw new Error(`in ${name}: This method is only available in Dev Mode`);
}
