import type { ViewState } from '../src/protocol';
import type { Host } from './host';

/** What 100 % is in time order, in the sample type's unit: the axis also has the times without samples. */
export class SampledTotal {
  /** Null in other orders, and until it is known. */
  value: number | null = null;
  private request = 0;

  constructor(
    private readonly host: Host,
    private readonly changed: () => void,
  ) {}

  async measure({ view, order }: Pick<ViewState, 'view' | 'order'>): Promise<void> {
    const token = ++this.request;
    this.set(null);
    if (order !== 'timeOrder') return;
    const filter = { query: '', regex: false, matchCase: false };
    const params = { view, sort: 'self', descending: true, filter, offset: 0, limit: 1 } as const;
    try {
      const { viewTotal } = await this.host.request('functionTable', params);
      if (token === this.request) this.set(viewTotal);
    } catch {
      // The chart's own request fails for the same reason, and says so.
    }
  }

  private set(value: number | null): void {
    this.value = value;
    this.changed();
  }
}
