import type { JobProgress } from '@samepoint/shared-protocol';
import { PREVIEW_TUNING } from './tuning.js';

/** `1 frame`, `2 frames`. */
export function count(amount: number, singular: string, plural = `${singular}s`): string {
  return `${amount} ${amount === 1 ? singular : plural}`;
}

type ConfidenceLevel = 'high' | 'medium' | 'low';

/** What is off by default is called low, so that word and checkbox agree. */
export function confidenceLevel(confidence: number): ConfidenceLevel {
  if (confidence < PREVIEW_TUNING.includeFrom) return 'low';
  return confidence >= PREVIEW_TUNING.highFrom ? 'high' : 'medium';
}

export function percent(share: number): string {
  return `${Math.round(share * 100)}%`;
}

export function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}

/** `120 MB`, `1.7 GB`, for downloads. */
export function fileSize(bytes: number): string {
  return bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

const STAGES: Record<JobProgress['stage'], string> = {
  loading: 'Loading the model',
  features: 'Looking at the frames',
  matching: 'Finding matches',
};

export function stageWords(stage: JobProgress['stage']): string {
  return STAGES[stage];
}
