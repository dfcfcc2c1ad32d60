const FLOATS = new Float32Array(1);
const BITS = new Uint32Array(FLOATS.buffer);

/** Lookup table from the bits of a half to its value; created on first use. */
let values: Float32Array | undefined;

/** Bits of IEEE 754 halves → floats. */
export function halvesToFloats(halves: Uint16Array): Float32Array {
  values ??= Float32Array.from({ length: 2 ** 16 }, (_, bits) => halfValue(bits));
  const floats = new Float32Array(halves.length);
  // a callback per element would take thirty times as long
  for (let n = 0; n < halves.length; n++) floats[n] = values[halves[n] ?? 0] ?? 0;
  return floats;
}

/** Floats → the bits of the nearest halves, ties to even. */
export function floatsToHalves(floats: Float32Array): Uint16Array {
  const halves = new Uint16Array(floats.length);
  for (let n = 0; n < floats.length; n++) halves[n] = halfBits(floats[n] ?? 0);
  return halves;
}

function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function halfBits(value: number): number {
  FLOATS[0] = value;
  const bits = BITS[0] ?? 0;
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  // NaN; then infinity and values that round beyond the largest half
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  // subnormal: a multiple of 2⁻²⁴
  if (magnitude < 0x38800000) return sign | roundHalfEven(Math.abs(value) * 2 ** 24);
  const rebased = magnitude - 0x38000000;
  return sign | ((rebased + 0xfff + ((rebased >>> 13) & 1)) >>> 13);
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}
