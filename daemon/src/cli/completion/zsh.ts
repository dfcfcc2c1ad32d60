import { allNodes, type CommandNode, type OptionNode, type Values } from './command-tree.js';

/** A completion script for zsh, to be sourced or to be found as `_samepoint` in `$fpath`. */
export function zshScript(program: CommandNode): string {
  const functions = allNodes(program).map((node) => (node.commands.length > 0 ? group(node) : leaf(node)));
  return `#compdef samepoint
# samepoint completion for zsh
${functions.join('')}
if [[ \${funcstack[1]} == _samepoint ]]; then
  _samepoint "$@"
else
  compdef _samepoint samepoint
fi
`;
}

/** A command with commands: the first word is their name. */
function group(node: CommandNode): string {
  const names = node.commands.map(({ name, summary }) => quoted(`${name}:${summary}`)).join(' ');
  const cases = node.commands.map((command) => `        ${command.name}) ${functionName(command)} ;;`).join('\n');
  return `
${functionName(node)}() {
  local curcontext=$curcontext state line
  _arguments -C ${node.options.map(optionSpec).join(' ')} '1: :->command' '*:: :->rest'
  case $state in
    command)
      local -a commands=(${names})
      _describe command commands
      ;;
    rest)
      case $line[1] in
${cases}
      esac
      ;;
  esac
}
`;
}

function leaf(node: CommandNode): string {
  const args = node.args.map((values, n) => {
    const at = values.isVariadic ? '*' : String(n + 1);
    return quoted(`${at}:${values.name}:${action(values)}`);
  });
  return `
${functionName(node)}() {
  _arguments -s ${[...node.options.map(optionSpec), ...args].join(' ')}
}
`;
}

function optionSpec({ names, summary, values }: OptionNode): string {
  const text = summary.replace(/[[\]\\:]/g, '\\$&');
  const value = values === undefined ? '' : `:value:${action(values)}`;
  // with =, a value may also follow after a space
  const equals = values === undefined ? '' : '=';
  return names.map((name) => quoted(`*${name}${equals}[${text}]${value}`)).join(' ');
}

function action(values: Values): string {
  switch (values.kind) {
    case 'choices':
      return `(${values.choices.join(' ')})`;
    case 'files':
      return '_files';
    case 'free':
      return ' ';
  }
}

function functionName({ path }: CommandNode): string {
  return `_samepoint${path.replaceAll('/', '_')}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
