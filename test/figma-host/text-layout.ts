/** Automatic line height of Inter, relative to the font size. */
export const AUTO_LINE_HEIGHT = 1.21;

/** Wraps text at spaces to lines of at most `width`. A longer word gets a line of its own. */
export function wrapLines(text: string, width: number, measure: (line: string) => number): string[] {
  return text.split('\n').flatMap((paragraph) => {
    const lines: string[] = [];
    let line = '';
    for (const word of paragraph.split(' ')) {
      const longer = line === '' ? word : `${line} ${word}`;
      if (line !== '' && measure(longer) > width) {
        lines.push(line);
        line = word;
      } else line = longer;
    }
    return [...lines, line];
  });
}
