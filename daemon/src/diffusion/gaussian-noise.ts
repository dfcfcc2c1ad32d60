/**
 * Standard normal values from a seed: mulberry32 for the uniform ones, Box and Muller (1958) for the rest. Ours rather
 * than a package's, since the same image has to give the same features with every later version.
 */
export function gaussianNoise(length: number, seed: number): Float32Array {
  const uniform = mulberry32(seed);
  const values = new Float32Array(length);
  for (let i = 0; i < length; i += 2) {
    // 1 − u lies in (0, 1], whose logarithm is finite
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    values[i] = radius * Math.cos(angle);
    if (i + 1 < length) values[i + 1] = radius * Math.sin(angle);
  }
  return values;
}

/** Uniform values in [0, 1) with 32 bits of state. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
