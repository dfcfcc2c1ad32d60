/** Takes one line about what happened. Never give it pixels, tokens, codes or words of a design. */
export type Log = (line: string) => void;

/** Logs go to stderr: stdout belongs to what a command was asked for. */
export const stderrLog: Log = (line) => {
  process.stderr.write(`${new Date().toISOString()} ${printable(line)}\n`);
};

/** Clients choose some of the words that are logged; control characters could fake lines. */
function printable(line: string): string {
  return line.replace(/\p{Cc}/gu, ' ').slice(0, 500);
}
