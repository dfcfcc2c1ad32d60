import { allNodes, type CommandNode, type OptionNode } from './command-tree.js';

/** A completion script for bash, from 3.2. File names come from `-o default`, when the function has no proposal. */
export function bashScript(program: CommandNode): string {
  const nodes = allNodes(program);
  const options = nodes.flatMap((node) => node.options.map((option) => ({ node, option })));
  const withValue = options.filter(({ option }) => option.values !== undefined);
  return `# samepoint completion for bash
_samepoint() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} path='' count=0 i
  COMPREPLY=()
  if [[ $cur == '=' ]]; then
    cur=''
  elif [[ $prev == '=' ]]; then
    prev=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$path/\${COMP_WORDS[i]}" in
      ${alternatives(nodes.slice(1).map(({ path }) => path))}) path="$path/\${COMP_WORDS[i]}"; continue ;;
    esac
    case "$path:\${COMP_WORDS[i]}" in
      ${alternatives(withValue.flatMap(({ node, option }) => keys(node, option)))})
        i=$((i + 1))
        [[ \${COMP_WORDS[i]} != '=' ]] || i=$((i + 1))
        ;;
      *:-*) ;;
      *) count=$((count + 1)) ;;
    esac
  done
  case "$path:$prev" in
${choiceCases(withValue)}${fileCase(withValue)}    ${alternatives(freeOptions(withValue))}) compopt +o default 2>/dev/null; return ;;
  esac
  case "$path:$cur" in
${nodes.map((node) => `    ${node.path}:-*) ${reply(namesOf(node))} ;;`).join('\n')}
  esac
  case "$path:$count" in
${nodes.flatMap(argumentCases).join('\n')}
  esac
}
complete -o bashdefault -o default -F _samepoint samepoint
`;
}

interface OfNode {
  node: CommandNode;
  option: OptionNode;
}

/** Options with equal choices share a case. */
function choiceCases(options: readonly OfNode[]): string {
  const byChoices = new Map<string, string[]>();
  for (const { node, option } of options) {
    if (option.values?.kind !== 'choices') continue;
    const words = option.values.choices.join(' ');
    byChoices.set(words, [...(byChoices.get(words) ?? []), ...keys(node, option)]);
  }
  return [...byChoices]
    .map(([words, patterns]) => `    ${alternatives(patterns)}) ${reply(words.split(' '))} ;;\n`)
    .join('');
}

function fileCase(options: readonly OfNode[]): string {
  const files = options.filter(({ option }) => option.values?.kind === 'files');
  const patterns = files.flatMap(({ node, option }) => keys(node, option));
  return patterns.length === 0 ? '' : `    ${alternatives(patterns)}) return ;;\n`;
}

function freeOptions(options: readonly OfNode[]): string[] {
  const free = options.filter(({ option }) => option.values?.kind === 'free');
  return free.flatMap(({ node, option }) => keys(node, option));
}

function argumentCases(node: CommandNode): string[] {
  const { path, commands, args } = node;
  if (commands.length > 0) return [`    ${path}:0) ${reply(commands.map(({ name }) => name))} ;;`];
  return args.flatMap((values, n) =>
    values.kind === 'choices' ? [`    ${path}:${n}) ${reply(values.choices)} ;;`] : [],
  );
}

function keys({ path }: CommandNode, { names }: OptionNode): string[] {
  return names.map((name) => `${path}:${name}`);
}

function namesOf({ options }: CommandNode): string[] {
  return options.flatMap(({ names }) => names.slice(0, 1));
}

function alternatives(patterns: readonly string[]): string {
  return patterns.length === 0 ? '//' : patterns.join('|');
}

/** Choices are plain words, without characters that the shell expands. */
function reply(words: readonly string[]): string {
  return `COMPREPLY=($(compgen -W '${words.join(' ')}' -- "$cur")); return`;
}
