import type { Evidence } from '@samepoint/shared-protocol';
import { percent } from '../../../shared/text.js';

/** Confidences from which on previews use these words. What is included depends on the threshold, not on them. */
export const CONFIDENCE = {
  /** Lower ones are called low, and such evidence weak. */
  medium: 0.5,
  /** Lower ones are doubtful. */
  high: 0.75,
} as const;

type ConfidenceLevel = 'high' | 'medium' | 'low';

export function confidenceLevel(confidence: number): ConfidenceLevel {
  if (confidence < CONFIDENCE.medium) return 'low';
  return confidence >= CONFIDENCE.high ? 'high' : 'medium';
}

/** The reasons for a placement, strongest first: `Same text · similar structure · weak visual match`. */
export function evidenceLabel(evidence: Evidence): string {
  const reasons = [
    ...(evidence.text === 'equal' ? ['same text'] : []),
    ...scoresOf(evidence).map(({ strong, weak, score }) => (score < CONFIDENCE.medium ? weak : strong)),
    ...(evidence.text === 'different' ? ['different text'] : []),
  ].join(' · ');
  return reasons.charAt(0).toUpperCase() + reasons.slice(1);
}

/** The scores behind the label, strongest first: `Structure 80% · visual match 31%`. */
export function evidenceScores(evidence: Evidence): string {
  const scores = scoresOf(evidence)
    .map(({ name, score }) => `${name} ${percent(score)}`)
    .join(' · ');
  return scores.charAt(0).toUpperCase() + scores.slice(1);
}

function scoresOf({ image, structure }: Evidence) {
  const visual = { name: 'visual match', strong: 'visual match', weak: 'weak visual match', score: image };
  if (structure === undefined) return [visual];
  const layers = { name: 'structure', strong: 'similar structure', weak: 'different structure', score: structure };
  return [visual, layers].sort((one, other) => other.score - one.score);
}
