import { readFileSync } from 'node:fs';
import * as z from 'zod';

const promptsSchema = z.array(
  z.object({ text: z.string(), ids: z.array(z.number()).length(77), untruncated: z.number() }),
);

/** Prompts with the ids that transformers made of them, and how many there were before cutting. */
export function readPrompts(path: string): z.infer<typeof promptsSchema> {
  return promptsSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
}
