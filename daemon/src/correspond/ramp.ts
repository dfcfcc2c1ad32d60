/** 0 up to `from`, 1 from `to` on, and a straight line between. */
export function ramp(value: number, { from, to }: { from: number; to: number }): number {
  return Math.min(1, Math.max(0, (value - from) / (to - from)));
}
