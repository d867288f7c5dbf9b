import { describe, expect, it } from 'vitest';
import { endpointKind, endpointKinds } from './endpointKinds';

describe('endpointKinds', () => {
  it('finds kinds by name', () => {
    expect(endpointKind('go-pprof')?.title).toBe('Go net/http/pprof');
    expect(endpointKind('gopher')).toBeNull();
    expect(new Set(endpointKinds.map(({ name }) => name)).size).toBe(endpointKinds.length);
  });

  it('loads the code of a kind when it is used', async () => {
    const offers = await endpointKind('async-profiler')!.discover!({
      spec: { name: 'java', kind: 'async-profiler' },
      signal: new AbortController().signal,
      headersFor: () => ({}),
    });
    expect(offers.map(({ profile }) => profile)).toContain('wall');
  });
});
