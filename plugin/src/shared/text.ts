import type { ApplySummary, Command, EditsSummary } from './messages.js';

/** `1 frame`, `2 frames`. */
export function count(amount: number, singular: string, plural = `${singular}s`): string {
  return `${amount} ${amount === 1 ? singular : plural}`;
}

export function percent(fraction: number): string {
  return `${Math.round(fraction * 100)}%`;
}

export function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}

/** `just now`, `5 minutes ago`, `3 hours ago`, `2 days ago`. */
export function age(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${count(minutes, 'minute')} ago`;
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? `${count(hours, 'hour')} ago` : `${count(Math.floor(hours / 24), 'day')} ago`;
}

/** `120 MB`, `1.7 GB`. */
export function fileSize(bytes: number): string {
  return bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

/** What Apply wrote, a phrase each: `Added 2 annotations`, `Updated 9 annotations`, `Added 1 note to the canvas`. */
export function summaryLines(command: Command, { created, updated, notes, skipped }: ApplySummary): string[] {
  const noun = command === 'transfer-annotations' ? 'annotation' : command === 'propagate-pictures' ? 'edit' : 'layer';
  const lines: string[] = [];
  if (created > 0) lines.push(`Added ${count(created, noun)}`);
  if (updated > 0) lines.push(`Updated ${count(updated, noun)}`);
  if (notes > 0) lines.push(`Added ${count(notes, 'note')} to the canvas`);
  return lines.length > 0 || skipped.length > 0 ? lines : ['Everything is up to date'];
}

/** The toast after Apply. Figma truncates it after about 100 characters. */
export function toastMessage(command: Command, summary: ApplySummary): string {
  const skipped = summary.skipped.length > 0 ? [`Skipped ${summary.skipped.length}`] : [];
  return [...summaryLines(command, summary), ...skipped].join(' · ');
}

/** The toast after edits were applied: `Wrote 12 changes to 5 frames · Skipped 2`. */
export function editsToast({ written, targets, skipped }: EditsSummary): string {
  const rest = skipped.length > 0 ? ` · Skipped ${skipped.length}` : '';
  return `Wrote ${count(written, 'change')} to ${count(targets, 'frame')}${rest}`;
}

/** What an error says, without a full stop, to put it into a sentence. */
export function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, '');
}
