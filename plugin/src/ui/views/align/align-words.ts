import type { FittedTransform } from '@samepoint/shared-protocol';
import { percent } from '../../../shared/text.js';
import type { AlignedVersions } from '../../flow/align/align-state.js';

type Aligned = Extract<AlignedVersions, { state: 'aligned' }>;

interface Version {
  name: string;
}

/** Below these, a part of the transform is not named. */
const NAMED = { scale: 0.005, degrees: 0.25, shiftPx: 0.75 } as const;

/** Mean differences of colours, of 255, up to which each word is used. */
const DIFFERENCES = [
  { upTo: 0.5, words: 'no visible differences' },
  { upTo: 6, words: 'slight differences' },
  { upTo: 24, words: 'clear differences' },
] as const;

/** What brought the first version onto the second: `“v1” was moved 12 px right and scaled to 103 % to fit.` */
export function transformWords({ kind, transform }: FittedTransform, before: Version): string {
  if (kind === 'homography') return `“${before.name}” was brought to fit by a perspective.`;
  const [a, b, x, c, d, y] = transform;
  const degrees = (Math.atan2(c, a) * 180) / Math.PI;
  const words = [
    ...shiftWords(x, y),
    ...(Math.abs(degrees) < NAMED.degrees ? [] : [`turned by ${degrees.toFixed(1)}°`]),
    ...scaleWords(Math.hypot(a, c), Math.hypot(b, d)),
  ];
  const last = words.at(-1);
  if (last === undefined) return 'Both lie on each other as they are.';
  const list = words.length === 1 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
  return `“${before.name}” was ${list} to fit.`;
}

/** How far the upper left corner moves, in pixels of the second version. */
function shiftWords(x: number, y: number): string[] {
  const along = (shift: number, forward: string, back: string) =>
    Math.abs(shift) < NAMED.shiftPx ? [] : [`${Math.round(Math.abs(shift))} px ${shift > 0 ? forward : back}`];
  const parts = [...along(x, 'right', 'left'), ...along(y, 'down', 'up')];
  return parts.length === 0 ? [] : [`moved ${parts.join(' and ')}`];
}

function scaleWords(across: number, down: number): string[] {
  const isNamed = (scale: number) => Math.abs(scale - 1) >= NAMED.scale;
  if (!isNamed(across) && !isNamed(down)) return [];
  if (Math.abs(across - down) < NAMED.scale) return [`scaled to ${percent(across)}`];
  const parts = [
    ...(isNamed(across) ? [`${percent(across)} in width`] : []),
    ...(isNamed(down) ? [`${percent(down)} in height`] : []),
  ];
  return [`stretched to ${parts.join(' and ')}`];
}

/** `“v1” covers 98 % of “v2”, with slight differences (3.2 of 255 on average).` */
export function differenceWords({ coverage, difference }: Aligned, before: Version, after: Version): string {
  const words = DIFFERENCES.find(({ upTo }) => difference <= upTo)?.words ?? 'large differences';
  const covered = coverage >= 0.995 ? 'all' : percent(coverage);
  return `“${before.name}” covers ${covered} of “${after.name}”, with ${words} (${difference.toFixed(1)} of 255 on average).`;
}

/** `540 of 600 points agree, half of them within 0.4 px.` */
export function agreementWords({ inliers, samples, residualPx }: FittedTransform): string {
  return `${inliers} of ${samples} points agree, half of them within ${residualPx.toFixed(1)} px.`;
}
