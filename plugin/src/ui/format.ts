import type { JobProgress } from '@samepoint/shared-protocol';

export function percent(share: number): string {
  return `${Math.round(share * 100)}%`;
}

export function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}

/** `120 MB`, `1.7 GB`. */
export function fileSize(bytes: number): string {
  return bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

const STAGE_LABELS: Record<JobProgress['stage'], string> = {
  loading: 'Loading the model',
  features: 'Analyzing frames',
  matching: 'Finding matches',
};

export function stageLabel(stage: JobProgress['stage']): string {
  return STAGE_LABELS[stage];
}
