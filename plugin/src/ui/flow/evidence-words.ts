import type { Evidence } from '@samepoint/shared-protocol';
import { percent } from '../format.js';
import { PREVIEW_TUNING } from '../tuning.js';

/** Why a placement was chosen, the best reason first: `Text equal, layer structure, weak image match`. */
export function reasonWords(evidence: Evidence): string {
  const measured = measures(evidence).map(({ words, strength }) =>
    strength < PREVIEW_TUNING.includeFrom ? `weak ${words}` : words,
  );
  const reasons = [
    ...(evidence.text === 'equal' ? ['text equal'] : []),
    ...measured,
    ...(evidence.text === 'different' ? ['text differs'] : []),
  ].join(', ');
  return reasons.charAt(0).toUpperCase() + reasons.slice(1);
}

/** The same with numbers, for those who ask: `layer structure 80%, image match 31%`. */
export function figuresOf(evidence: Evidence): string {
  return measures(evidence)
    .map(({ words, strength }) => `${words} ${percent(strength)}`)
    .join(', ');
}

function measures({ image, structure }: Evidence): { words: string; strength: number }[] {
  return [
    { words: 'image match', strength: image },
    ...(structure === undefined ? [] : [{ words: 'layer structure', strength: structure }]),
  ].sort((one, other) => other.strength - one.strength);
}
