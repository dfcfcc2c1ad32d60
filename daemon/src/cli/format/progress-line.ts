/** Says on stderr how many of `total` are done, on one line that is written over. */
export interface ProgressLine {
  /** One more is done. */
  step(): void;
  /** Ends the line, so that what is written next has one of its own. */
  end(): void;
}

/** @param what in the plural: "frames" */
export function progressLine(total: number, what: string): ProgressLine {
  let done = 0;
  let isOpen = false;
  const end = () => {
    if (isOpen) process.stderr.write('\n');
    isOpen = false;
  };
  return {
    step() {
      done++;
      process.stderr.write(`\r${done}/${total} ${what}`);
      isOpen = true;
      if (done === total) end();
    },
    end,
  };
}
