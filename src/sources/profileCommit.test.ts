import { describe, expect, it } from 'vitest';
import { isRef, profileCommit } from './profileCommit';

const label = (key: string, ...values: (string | null)[]) => ({ key, values: values.map((value) => ({ value })) });
const hash = '4f2b8c1d9e0a7b6c5d4e3f2a1b0c9d8e7f6a5b4c';

describe('profileCommit', () => {
  it('reads labels, the surest first', () => {
    expect(profileCommit({ labels: [label('thread', 'a'), label('service_git_ref', 'v1.2.0')], notes: [] })).toEqual({
      ref: 'v1.2.0',
      from: 'service_git_ref',
    });
    const both = [label('service_git_ref', 'main'), label('vcs.revision', null, hash)];
    expect(profileCommit({ labels: both, notes: [] })).toEqual({ ref: hash, from: 'vcs.revision' });
    expect(profileCommit({ labels: [label('vcs.modified', 'true')], notes: [] })).toBeNull();
  });

  it('reads comments where they name a hash', () => {
    const notes = ['Comment in the file: go1.24 vcs=git vcs.revision=4f2b8c1d9e0a vcs.modified=false'];
    expect(profileCommit({ labels: [], notes })).toEqual({ ref: '4f2b8c1d9e0a', from: 'vcs.revision' });
    expect(profileCommit({ labels: [], notes: ['Comment in the file: commit: later'] })).toBeNull();
  });

  it('takes nothing that git would take for an option or a range', () => {
    expect(['-x', '--output=a', 'a..b', 'a b', '', 'HEAD:secret', 'x.lock', '@{1}'].filter(isRef)).toEqual([]);
    expect([hash, 'v1.2.0', 'feature/a-b', 'main'].filter((each) => !isRef(each))).toEqual([]);
  });
});
