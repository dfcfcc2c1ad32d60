import { allNodes, type CommandNode } from './command-tree.js';

/** A completion script for PowerShell, from 5. Without a proposal, PowerShell completes file names itself. */
export function powershellScript(program: CommandNode): string {
  const nodes = allNodes(program);
  return `# samepoint completion for PowerShell
Register-ArgumentCompleter -Native -CommandName samepoint -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $words = @{
${nodes.map((node) => `    ${quoted(node.path)} = ${list(wordsOf(node))}`).join('\n')}
  }
  $options = @{
${nodes.map((node) => `    ${quoted(node.path)} = ${list(node.options.flatMap(({ names }) => names.slice(0, 1)))}`).join('\n')}
  }
  $values = @{
${nodes.flatMap(valueLines).join('\n')}
  }
  $path = ''
  $previous = ''
  foreach ($element in $commandAst.CommandElements | Select-Object -Skip 1) {
    if ($element.Extent.EndOffset -ge $cursorPosition) { break }
    $previous = $element.ToString()
    if ($words.ContainsKey("$path/$previous")) { $path = "$path/$previous" }
  }
  $found = $words[$path]
  if ($wordToComplete -like '-*') { $found = $options[$path] }
  if ($values.ContainsKey("\${path}:$previous")) { $found = $values["\${path}:$previous"] }
  $found | Where-Object { $_ -like "$wordToComplete*" } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
  }
}
`;
}

/** Commands, or the choices of arguments. */
function wordsOf({ commands, args }: CommandNode): string[] {
  const choices = args.flatMap((values) => (values.kind === 'choices' ? values.choices : []));
  return [...commands.map(({ name }) => name), ...choices];
}

/** An option without choices has an empty list, so that file names are completed. */
function valueLines({ path, options }: CommandNode): string[] {
  return options.flatMap(({ names, values }) => {
    if (values === undefined) return [];
    const choices = values.kind === 'choices' ? values.choices : [];
    return names.map((name) => `    ${quoted(`${path}:${name}`)} = ${list(choices)}`);
  });
}

function list(words: readonly string[]): string {
  return `@(${words.map(quoted).join(', ')})`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
