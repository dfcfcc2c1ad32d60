import type { Argument, Command, Option } from 'commander';
import { suggestionsOf } from '../options/suggestions.js';

/** What a shell completes as a value. */
export type Values = { kind: 'choices'; choices: readonly string[] } | { kind: 'files' } | { kind: 'free' };

export interface OptionNode {
  /** `--help`, and `-h` if there is one. */
  names: readonly string[];
  summary: string;
  /** Undefined for a flag. */
  values: Values | undefined;
}

/** A command as shells complete it. */
export interface CommandNode {
  /** Its names from the program down, empty for the program: `/models/pull`. */
  path: string;
  name: string;
  summary: string;
  commands: readonly CommandNode[];
  options: readonly OptionNode[];
  /** Arguments in order; the last one repeats if it is variadic. */
  args: readonly (Values & { name: string; isVariadic: boolean })[];
}

const HELP: OptionNode = { names: ['--help', '-h'], summary: 'print this help', values: undefined };

/** The tree of a program's commands. */
export function commandTree(program: Command, path = ''): CommandNode {
  return {
    path,
    name: program.name(),
    summary: program.summary() || firstSentence(program.description()),
    commands: program.commands.map((command) => commandTree(command, `${path}/${command.name()}`)),
    options: [...program.options.map(optionNode), HELP],
    args: program.registeredArguments.map((argument) => ({
      ...(argumentValues(argument) ?? { kind: 'files' }),
      name: argument.name(),
      isVariadic: argument.variadic,
    })),
  };
}

/** A command and all below it. */
export function allNodes(node: CommandNode): CommandNode[] {
  return [node, ...node.commands.flatMap(allNodes)];
}

function optionNode(option: Option): OptionNode {
  const { long, short, description, required, optional, flags } = option;
  const names = [long, short].filter((name) => name != null);
  const summary = firstSentence(description);
  if (!required && !optional) return { names, summary, values: undefined };
  const isPath = /[<[](file|dir|path)[\]>]/.test(flags);
  return { names, summary, values: argumentValues(option) ?? { kind: isPath ? 'files' : 'free' } };
}

function argumentValues(declared: Option | Argument): Values | undefined {
  const choices = suggestionsOf(declared);
  return choices === undefined ? undefined : { kind: 'choices', choices };
}

function firstSentence(text: string): string {
  return text.split('\n')[0] ?? '';
}
