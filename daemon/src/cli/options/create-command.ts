import { Command } from 'commander';

/**
 * A command with an example before its options.
 * @param sentence what it does, also in lists of commands
 * @param example arguments of samepoint
 */
export function createCommand(name: string, sentence: string, example: string): Command {
  return new Command(name).summary(sentence).description(`${sentence}\n\nExample:\n  samepoint ${example}`);
}
