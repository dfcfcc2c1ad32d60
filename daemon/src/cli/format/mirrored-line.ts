import type { MirroredHint } from '@samepoint/shared-protocol';

/** What `--mirrored` found, below a table; nothing where it was not asked for. */
export function mirroredLine(hint: MirroredHint | undefined): string {
  if (hint === undefined) return '';
  const { mirrored, consensus, mirroredConsensus } = hint;
  const numbers = `agreement ${consensus.toFixed(2)} as it is, ${mirroredConsensus.toFixed(2)} mirrored`;
  return mirrored
    ? `The target seems to show the source mirrored (${numbers}); nothing was mirrored for this.\n`
    : `Not mirrored (${numbers}).\n`;
}
