import { InvalidArgumentError } from 'commander';

/** Reads an option that counts. @throws InvalidArgumentError */
export function wholeNumber(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Give a whole number.');
}

/** The same without 0. */
export function positiveInteger(text: string): number {
  const count = wholeNumber(text);
  if (count > 0) return count;
  throw new InvalidArgumentError('Give a whole number from 1.');
}

/** The same of an option that may have several values. */
export function positiveIntegers(text: string, before: readonly number[] = []): number[] {
  return [...before, positiveInteger(text)];
}
