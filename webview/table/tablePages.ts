import type { FunctionRow, FunctionTablePage, FunctionTableParams } from '../../src/engine/functionApi';

export type TableQuery = Omit<FunctionTableParams, 'profile' | 'offset' | 'limit'>;
export type PageSource = (
  params: Omit<FunctionTableParams, 'profile'>,
  signal: AbortSignal,
) => Promise<FunctionTablePage>;

const PAGE_SIZE = 100;
/** Pages that are kept: the table never holds more than this, however long it is. */
const MAX_PAGES = 40;

/** The rows of the function table, fetched page by page as they come into view. */
export class TablePages {
  /** Rows that pass the filter; null until the first page is there. */
  count: number | null = null;
  viewTotal = 0;
  /** The rows are an earlier capture's, until the first page arrives. */
  private stale = false;
  private query: TableQuery | null = null;
  private request = new AbortController();
  private readonly pages = new Map<number, readonly FunctionRow[]>();
  private readonly asked = new Set<number>();

  /** @param changed when rows have arrived, @param failed with what went wrong */
  constructor(
    private readonly source: PageSource,
    private readonly changed: () => void,
    private readonly failed: (error: unknown) => void,
  ) {}

  /**
   * Starts anew with another view, order or filter. The count stays until the new one is known.
   * @param keep for the same question of a newer capture: the rows stay as well
   */
  reset(query: TableQuery, keep = false): void {
    this.request.abort();
    this.request = new AbortController();
    this.query = query;
    this.stale = keep;
    if (!keep) this.pages.clear();
    this.asked.clear();
    void this.load(0);
  }

  /** The row at an index, null while it is on its way. */
  row(index: number): FunctionRow | null {
    return this.pages.get(Math.floor(index / PAGE_SIZE))?.[index % PAGE_SIZE] ?? null;
  }

  /** Fetches what is missing of rows `first` to `last`. */
  ensure(first: number, last: number): void {
    for (let page = Math.floor(first / PAGE_SIZE); page <= Math.floor(last / PAGE_SIZE); page++) {
      if (page >= 0 && page * PAGE_SIZE < (this.count ?? 0)) void this.load(page);
    }
  }

  dispose(): void {
    this.request.abort();
  }

  private async load(page: number): Promise<void> {
    const { query, request } = this;
    if (query === null || this.asked.has(page)) return;
    this.asked.add(page);
    try {
      const answer = await this.source({ ...query, offset: page * PAGE_SIZE, limit: PAGE_SIZE }, request.signal);
      if (this.request !== request) return;
      if (this.stale) this.pages.clear();
      this.stale = false;
      this.count = answer.count;
      this.viewTotal = answer.viewTotal;
      this.pages.set(page, answer.rows);
      this.forget(page);
      this.changed();
    } catch (error) {
      if (this.request !== request) return;
      // May be asked for again when it comes into view again.
      this.asked.delete(page);
      this.failed(error);
    }
  }

  /** Drops the pages farthest from the newest one. */
  private forget(newest: number): void {
    while (this.pages.size > MAX_PAGES) {
      let farthest = newest;
      for (const page of this.pages.keys()) {
        if (Math.abs(page - newest) > Math.abs(farthest - newest)) farthest = page;
      }
      this.pages.delete(farthest);
      this.asked.delete(farthest);
    }
  }
}
