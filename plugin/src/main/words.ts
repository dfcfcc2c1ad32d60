import type { ApplySummary, Command } from '../shared/messages.js';

const NOUNS: Record<Command, [one: string, many: string]> = {
  'transfer-annotations': ['annotation', 'annotations'],
  'transfer-layers': ['layer', 'layers'],
};

/** The toast after Apply; Figma cuts it at 100 characters. */
export function summaryLine(command: Command, { created, updated, notes, skipped }: ApplySummary): string {
  const [one, many] = NOUNS[command];
  const parts: string[] = [];
  if (created > 0) parts.push(`${created} ${created === 1 ? one : many} placed`);
  if (updated > 0) parts.push(`${updated} brought up to date`);
  if (notes > 0) parts.push(`${notes} ${notes === 1 ? 'note' : 'notes'} on the canvas`);
  if (skipped.length > 0) parts.push(`${skipped.length} left out`);
  return parts.join(', ');
}
