import { describe, expect, it } from 'vitest';
import { splitAdvice } from './probeAddress';

describe('splitAdvice', () => {
  it('parts what failed from what to do', () => {
    expect(splitAdvice('Nothing answers at localhost:1: check the address.')).toEqual({
      what: 'Nothing answers at localhost:1',
      advice: 'Check the address.',
    });
    expect(splitAdvice('https://a:8443/x answered 500 Oops (“error: fire”): the server failed: try again.')).toEqual({
      what: 'https://a:8443/x answered 500 Oops (“error: fire”)',
      advice: 'The server failed: try again.',
    });
  });

  it('leaves a sentence without advice whole', () => {
    const sentence = 'localhost:8088 answers, but not as net/http/pprof does.';
    expect(splitAdvice(sentence)).toEqual({ what: sentence, advice: null });
    expect(splitAdvice('an open “quote: ')).toEqual({ what: 'an open “quote: ', advice: null });
  });
});
