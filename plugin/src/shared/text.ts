import type { ApplySummary, Command, EditsSummary, Problem } from './messages.js';
import type { RemovedSummary } from './placed.js';

/** `1 frame`, `2 frames`. */
export function count(amount: number, singular: string, plural = `${singular}s`): string {
  return `${amount} ${amount === 1 ? singular : plural}`;
}

export function percent(fraction: number): string {
  return `${Math.round(fraction * 100)}%`;
}

/** A cosine similarity: `0.82`, `−0.31`. */
export function similarity(cosine: number): string {
  const text = Math.abs(cosine).toFixed(2);
  return cosine < 0 && text !== '0.00' ? `−${text}` : text;
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

const NOUNS: Partial<Record<Command, string>> = {
  'transfer-annotations': 'annotation',
  'propagate-pictures': 'edit',
  'track-frames': 'region',
};

/** What Apply wrote, a phrase each: `Added 2 annotations`, `Updated 9 annotations`, `Added 1 note to the canvas`. */
export function summaryLines(command: Command, { created, updated, notes, skipped }: ApplySummary): string[] {
  const noun = NOUNS[command] ?? 'layer';
  const lines: string[] = [];
  if (created > 0) lines.push(`Added ${count(created, noun)}`);
  if (updated > 0) lines.push(`Updated ${count(updated, noun)}`);
  if (notes > 0) lines.push(`Added ${count(notes, 'note')} to the canvas`);
  return lines.length > 0 || skipped.length > 0 ? lines : ['Everything is up to date'];
}

/** The toast after Apply, in the words of the panel. */
export function toastMessage(command: Command, summary: ApplySummary): string {
  return fitToast([...summaryLines(command, summary), ...skippedLines(summary.skipped.length)], ' · ');
}

/** What was written to which frames: `Wrote 12 changes to 5 frames`. */
export function editsLines({ written, targets }: EditsSummary): string[] {
  return written === 0 ? [] : [`Wrote ${count(written, 'change')} to ${count(targets, 'frame')}`];
}

/** The toast after edits were applied: `Wrote 12 changes to 5 frames · Skipped 2`. */
export function editsToast(summary: EditsSummary): string {
  return fitToast([...editsLines(summary), ...skippedLines(summary.skipped.length)], ' · ');
}

/** What was removed from which frames, a phrase each: `Removed 3 annotations`, `Removed 2 notes`. */
export function removedLines({ annotations, notes, layers }: RemovedSummary): string[] {
  const amounts: [number, string][] = [
    [annotations, 'annotation'],
    [notes, 'note'],
    [layers, 'layer'],
  ];
  return amounts.filter(([amount]) => amount > 0).map(([amount, noun]) => `Removed ${count(amount, noun)}`);
}

/** The toast after a removal. */
export function removedToast(summary: RemovedSummary): string {
  const kept = summary.changed.length === 0 ? [] : [`Kept ${summary.changed.length}`];
  return fitToast([...removedLines(summary), ...kept], ' · ');
}

function skippedLines(skipped: number): string[] {
  return skipped === 0 ? [] : [`Skipped ${skipped}`];
}

/** The toast of a problem. */
export function problemToast({ message, hint }: Problem): string {
  return fitToast(
    [message, hint].filter((part) => part !== ''),
    ' ',
  );
}

/** Figma cuts a toast after about this many characters. */
export const TOAST_CHARS = 100;
/** Quoted names are shortened to this many characters where a toast is too long. */
const NAME_CHARS = 24;

/**
 * The parts that fit into a toast, each as a whole: first names are shortened, then the last parts are left out. Only a
 * first part that is too long by itself is cut, at a word.
 */
function fitToast(parts: readonly string[], separator: string): string {
  const whole = parts.join(separator);
  if (whole.length <= TOAST_CHARS) return whole;
  const short = parts.map((part) => part.replace(/“([^”]+)”/g, (_, name: string) => `“${shorten(name, NAME_CHARS)}”`));
  for (let kept = short.length; kept > 0; kept -= 1) {
    const text = short.slice(0, kept).join(separator);
    if (text.length <= TOAST_CHARS) return text;
  }
  return cutAtWord(short[0] ?? '', TOAST_CHARS);
}

/** A name of at most this many characters. */
export function shorten(text: string, chars: number): string {
  return text.length > chars ? `${text.slice(0, chars - 1)}…` : text;
}

function cutAtWord(text: string, chars: number): string {
  const cut = text.slice(0, chars - 1);
  const end = cut.lastIndexOf(' ');
  return `${cut.slice(0, end > 0 ? end : undefined)}…`;
}

/** The first names in quotes, and how many there are besides: `“A”, “B”, “C” and 2 more`. */
export function listNames(names: readonly string[]): string {
  const shown = names.slice(0, LISTED_NAMES).map((name) => `“${name}”`);
  const more = names.length - shown.length;
  return `${shown.join(', ')}${more === 0 ? '' : ` and ${more} more`}`;
}

const LISTED_NAMES = 3;

/** What an error says, without a full stop, to put it into a sentence. */
export function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, '');
}
