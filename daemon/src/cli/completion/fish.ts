import { allNodes, type CommandNode, type OptionNode, type Values } from './command-tree.js';

/** A completion script for fish, from 3.1. */
export function fishScript(program: CommandNode): string {
  const nodes = allNodes(program);
  const paths = nodes.slice(1).map(({ path }) => path);
  return `# samepoint completion for fish
function __samepoint_at
    set -l path ''
    for word in (commandline -opc)[2..-1]
        if contains -- "$path/$word" ${paths.join(' ')}
            set path "$path/$word"
        end
    end
    test "$path" = "$argv[1]"
end
complete -c samepoint -e
${nodes.flatMap(nodeLines).join('\n')}
`;
}

function nodeLines(node: CommandNode): string[] {
  const at = `complete -c samepoint -n "__samepoint_at '${node.path}'"`;
  const commands = node.commands.map(({ name, summary }) => `${at} -a ${name} -d ${quoted(summary)}`);
  const choices = node.args.flatMap((values) =>
    values.kind === 'choices' ? [`${at} -a ${quoted(values.choices.join(' '))}`] : [],
  );
  // otherwise fish also proposes files
  const none = node.args.some(({ kind }) => kind === 'files') ? [] : [`${at} -f`];
  return [...commands, ...choices, ...none, ...node.options.map((option) => `${at} ${optionWords(option)}`)];
}

function optionWords({ names, summary, values }: OptionNode): string {
  const words = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  return [...words, ...valueWords(values), `-d ${quoted(summary)}`].join(' ');
}

function valueWords(values: Values | undefined): string[] {
  if (values === undefined) return [];
  if (values.kind === 'choices') return [`-x -a ${quoted(values.choices.join(' '))}`];
  return [values.kind === 'files' ? '-r -F' : '-x'];
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
