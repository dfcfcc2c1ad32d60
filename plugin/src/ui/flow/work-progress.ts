import { count, seconds, stageWords } from '../format.js';
import type { Step } from './flow-state.js';

export type WorkStep = 'exporting' | 'sending' | 'running';

interface Shown {
  label: string;
  /** 0 … 1; null: nobody knows yet. */
  share: number | null;
}

/** The words and the bar of a step that takes its time. */
export function progressOf(step: Extract<Step, { name: WorkStep }>, connected: boolean): Shown {
  switch (step.name) {
    case 'exporting':
      return { label: `${step.done} of ${count(step.total, 'frame')}`, share: step.done / step.total };
    case 'sending': {
      if (!connected) return { label: 'Connecting…', share: null };
      const total = new Set(step.work.frames.map((frame) => frame.imageId)).size;
      const sent = total - step.unanswered.length;
      return { label: `${sent} of ${count(total, 'image')}`, share: sent / total };
    }
    case 'running': {
      if (!connected) return { label: 'Reconnecting… the work goes on.', share: null };
      if (step.position > 0) return { label: `Waiting for ${count(step.position, 'other run')}`, share: null };
      if (step.progress === null) return { label: 'Starting', share: null };
      const { stage, done, total, elapsedMs } = step.progress;
      return {
        label: `${stageWords(stage)}, ${done} of ${total} (${seconds(elapsedMs)})`,
        share: Math.min(done / total, 1),
      };
    }
  }
}
