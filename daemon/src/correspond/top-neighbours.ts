/**
 * The `count` most similar cells of each query, kept while candidates come by, the best first. Of equal ones the first
 * to come stays. A query that saw fewer candidates has −Infinity for the similarity of the rest.
 */
export class TopNeighbours {
  /** Which of the maps the neighbour is a cell of: (queries, count). */
  readonly maps: Uint16Array;
  /** The neighbour's cell, counted row by row: (queries, count). */
  readonly cells: Int32Array;
  /** (queries, count) */
  readonly similarities: Float32Array;

  constructor(
    readonly queries: number,
    readonly count: number,
  ) {
    this.maps = new Uint16Array(queries * count);
    this.cells = new Int32Array(queries * count);
    this.similarities = new Float32Array(queries * count).fill(Number.NEGATIVE_INFINITY);
  }

  /**
   * Offers a run of cells that lie side by side.
   * @param similarities where their similarities to `query` lie: from `from` on, `length` of them
   * @param firstCell the first of them
   */
  offer(query: number, map: number, firstCell: number, similarities: Float32Array, from: number, length: number): void {
    const worst = (query + 1) * this.count - 1;
    let bar = this.similarities[worst] ?? 0;
    for (let n = 0; n < length; n++) {
      const similarity = similarities[from + n] ?? 0;
      if (similarity <= bar) continue;
      this.#insert(query * this.count, worst, map, firstCell + n, similarity);
      bar = this.similarities[worst] ?? 0;
    }
  }

  #insert(best: number, worst: number, map: number, cell: number, similarity: number): void {
    let at = worst;
    for (; at > best && similarity > (this.similarities[at - 1] ?? 0); at--) {
      this.similarities[at] = this.similarities[at - 1] ?? 0;
      this.maps[at] = this.maps[at - 1] ?? 0;
      this.cells[at] = this.cells[at - 1] ?? 0;
    }
    this.similarities[at] = similarity;
    this.maps[at] = map;
    this.cells[at] = cell;
  }
}
