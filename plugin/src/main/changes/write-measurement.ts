import type { Journal } from './journal.js';
import type { MeasureOperation, Written } from './operations.js';

/** Adds the measurement, unless the layers already have an equal one. */
export function writeMeasurement({ page, start, end, measurement }: MeasureOperation, journal: Journal): Written {
  const { offset, freeText } = measurement;
  const isThere = page.getMeasurements().some((other) => {
    return isSameEnd(other.start, start) && isSameEnd(other.end, end) && other.freeText === freeText;
  });
  if (isThere) {
    return { outcome: 'skipped', record: null, reason: `“${start.node.name}” already has this measurement.` };
  }
  const { id } = page.addMeasurement(start, end, { offset, freeText });
  journal.onRollBack(() => page.deleteMeasurement(id));
  return { outcome: 'created', record: null };
}

type End = Measurement['start'];

function isSameEnd(one: End, other: End): boolean {
  return one.node.id === other.node.id && one.side === other.side;
}
