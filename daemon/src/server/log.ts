/** Logs one line. Must never receive pixels, tokens, codes or texts of a design. */
export type Log = (line: string) => void;

/** Logs to stderr; stdout is for the output of a command. */
export const stderrLog: Log = (line) => {
  process.stderr.write(`${new Date().toISOString()} ${printable(line)}\n`);
};

/** Some logged text comes from clients; control characters could forge lines. */
function printable(line: string): string {
  return line.replace(/\p{Cc}/gu, ' ').slice(0, 500);
}
