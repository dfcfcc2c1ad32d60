import type { ApplySummary, Command } from '../../shared/messages.js';
import { count } from '../format.js';

/** What was written, a sentence each; nothing is said about what did not happen. */
export function summaryLines(command: Command, summary: ApplySummary): string[] {
  const noun = command === 'transfer-annotations' ? 'annotation' : 'layer';
  const { created, updated, notes } = summary;
  const lines = [
    created > 0 ? `${count(created, noun)} added.` : null,
    updated > 0 ? `${count(updated, noun)} of an earlier run brought up to date.` : null,
    notes > 0 ? `${count(notes, 'item')} became ${notes === 1 ? 'a note' : 'notes'} on the canvas.` : null,
  ].filter((line) => line !== null);
  return lines.length > 0 || summary.skipped.length > 0 ? lines : ['Nothing had to be changed.'];
}
