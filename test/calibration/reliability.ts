/** A confidence and whether the prediction was right. */
export interface Prediction {
  confidence: number;
  right: boolean;
  weight: number;
}

/** All predictions between two confidences. */
export interface ReliabilityBin {
  from: number;
  to: number;
  count: number;
  /** Weighted mean confidence and weighted share of right predictions. */
  predicted: number;
  right: number;
  weight: number;
}

/**
 * Bins of equal width.
 * @param fewest predictions per bin: a smaller bin is merged with the next ones, the last with the previous one
 */
export function reliability(all: readonly Prediction[], bins: number, fewest = 0): ReliabilityBin[] {
  const edges = [0];
  for (let bin = 1; bin < bins; bin++) {
    const from = edges.at(-1) ?? 0;
    if (within(all, from, bin / bins).length >= fewest) edges.push(bin / bins);
  }
  while (edges.length > 1 && within(all, edges.at(-1) ?? 0, Number.POSITIVE_INFINITY).length < fewest) edges.pop();
  return edges.map((from, n) => {
    const inside = within(all, from, edges[n + 1] ?? Number.POSITIVE_INFINITY);
    const weight = sum(inside, () => 1);
    return {
      from,
      to: edges[n + 1] ?? 1,
      count: inside.length,
      predicted: sum(inside, ({ confidence }) => confidence) / weight,
      right: sum(inside, ({ right }) => Number(right)) / weight,
      weight,
    };
  });
}

function within(all: readonly Prediction[], from: number, to: number): Prediction[] {
  return all.filter(({ confidence }) => confidence >= from && confidence < to);
}

/** Expected calibration error (Naeini et al., 2015): the mean distance between predicted and actual rates. */
export function calibrationError(bins: readonly ReliabilityBin[]): number {
  const filled = bins.filter(({ count }) => count > 0);
  const total = filled.reduce((all, { weight }) => all + weight, 0);
  return filled.reduce((all, { weight, predicted, right }) => all + weight * Math.abs(predicted - right), 0) / total;
}

/** Rows of a Markdown table. */
export function reliabilityTable(bins: readonly ReliabilityBin[]): string {
  const percent = (value: number) => `${Math.round(100 * value)} %`;
  const rows = bins
    .filter(({ count }) => count > 0)
    .map((bin) => `| ${bin.from}–${bin.to} | ${bin.count} | ${percent(bin.predicted)} | ${percent(bin.right)} |`);
  return ['| predicted | items | predicted on average | right (weighted) |', '| --- | --- | --- | --- |', ...rows].join(
    '\n',
  );
}

const DIAGRAM = { side: 320, margin: 46, bar: '#5b8cff', line: '#888888', ink: '#333333' } as const;

/** Reliability diagram as SVG: bars at the accuracy of each bin, as wide as its share of items, against the diagonal. */
export function reliabilityDiagram(bins: readonly ReliabilityBin[], title: string): string {
  const { side, margin, bar, line, ink } = DIAGRAM;
  const most = Math.max(...bins.map(({ weight }) => weight));
  const x = (value: number) => margin + value * side;
  const y = (value: number) => margin + (1 - value) * side;
  const bars = bins
    .filter(({ count }) => count > 0)
    .map(({ from, to, right, weight }) => {
      const width = Math.max(2, (to - from) * side * (weight / most));
      return `<rect x="${x((from + to) / 2) - width / 2}" y="${y(right)}" width="${width}" height="${right * side}" fill="${bar}"/>`;
    });
  const ticks = [0, 0.5, 1].map(
    (value) =>
      `<text x="${x(value)}" y="${y(0) + 16}" text-anchor="middle">${value}</text>` +
      `<text x="${margin - 6}" y="${y(value) + 4}" text-anchor="end">${value}</text>`,
  );
  const all = side + 2 * margin;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${all}" height="${all}" font-family="sans-serif" font-size="12" fill="${ink}">` +
    `<title>${title}</title><rect width="${all}" height="${all}" fill="#ffffff"/>${bars.join('')}` +
    `<path d="M${x(0)} ${y(0)}H${x(1)}V${y(1)}H${x(0)}ZL${x(1)} ${y(1)}" fill="none" stroke="${line}"/>${ticks.join('')}` +
    `<text x="${x(0.5)}" y="${margin - 18}" text-anchor="middle" font-weight="bold">${title}</text>` +
    `<text x="${x(0.5)}" y="${y(0) + 34}" text-anchor="middle">confidence</text>` +
    `<text transform="translate(${margin - 30} ${y(0.5)}) rotate(-90)" text-anchor="middle">right</text></svg>`
  );
}

function sum(all: readonly Prediction[], pick: (predicted: Prediction) => number): number {
  return all.reduce((total, predicted) => total + predicted.weight * pick(predicted), 0);
}
