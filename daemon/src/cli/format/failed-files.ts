import { type ErrorPayload, imageLabel, SamepointError } from '@samepoint/shared-protocol';

/** An image file without a result, as reports list it. The other files have theirs. */
export interface FailedFile {
  image: string;
  error: Pick<ErrorPayload, 'code' | 'message' | 'hint'>;
}

/** @param imageId of a job's error, whose message is then about the file */
export function failedFile(image: string, thrown: unknown, imageId = ''): FailedFile {
  const { code, message, hint } = SamepointError.from(thrown).toPayload();
  return { image, error: { code, message: message.replace(imageLabel(imageId), () => image), hint } };
}

/** What happened, and what to do next. */
export function sentenceOf({ error: { message, hint } }: Pick<FailedFile, 'error'>): string {
  return `${message} ${hint}`;
}

/** The line of a failed file on stderr, in the form of the error that ends a command. */
export function failureLine(failed: Pick<FailedFile, 'error'>): string {
  return `samepoint: ${sentenceOf(failed)}\n`;
}
