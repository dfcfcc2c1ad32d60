import type { Argument, Option } from 'commander';

const SUGGESTIONS = new WeakMap<Option | Argument, readonly string[]>();

/** Adds values that the shell completes, to an option or argument that also accepts others. */
export function suggest<Declared extends Option | Argument>(declared: Declared, values: readonly string[]): Declared {
  SUGGESTIONS.set(declared, values);
  return declared;
}

/** The only values of an option or argument, or else those that are suggested. */
export function suggestionsOf(declared: Option | Argument): readonly string[] | undefined {
  return declared.argChoices ?? SUGGESTIONS.get(declared);
}
