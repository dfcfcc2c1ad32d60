import type { Value } from '../onnx/graph-builder.js';

/** The values at these indices, in the order asked for. @throws RangeError where there is none */
export function pickValues(values: readonly Value[], indices: readonly number[]): Value[] {
  return indices.map((index) => {
    const value = values[index];
    if (value === undefined) throw new RangeError(`there is no value ${index} of ${values.length}`);
    return value;
  });
}

/** The one value of a list of one. */
export function onlyValue(values: readonly Value[]): Value {
  const [value] = pickValues(values, [0]);
  if (value === undefined || values.length > 1) throw new RangeError(`one value was asked for, not ${values.length}`);
  return value;
}
