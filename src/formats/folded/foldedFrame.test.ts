import { describe, expect, it } from 'vitest';
import { fc } from '../../../test/support/property';
import { frameKind } from '../../profile/frameKind';
import { readFoldedFrame, writeFoldedFrame } from './foldedFrame';

describe('folded', () => {
  it("reads files and lines from py-spy's frames, and async-profiler's marks", () => {
    expect(readFoldedFrame('work (/app/my file.py:33)')).toEqual({
      name: 'work',
      file: '/app/my file.py',
      line: 33,
      ...{ module: null, inlined: false, kind: 0 },
    });
    expect(readFoldedFrame('f (C:\\Program Files (x86)\\a.py:4)')).toMatchObject({
      name: 'f',
      file: 'C:\\Program Files (x86)\\a.py',
      line: 4,
    });
    expect(readFoldedFrame('f (lib.py)')).toMatchObject({ name: 'f', file: 'lib.py', line: 0 });
    expect(readFoldedFrame('operator() (int)')).toMatchObject({ name: 'operator() (int)', file: null });
    const { interpreted, compiled, kernel, unknown } = frameKind;
    for (const [mark, kind] of Object.entries({ j: compiled, k: kernel, 0: interpreted, 1: compiled })) {
      expect(readFoldedFrame(`java/lang/String.hashCode_[${mark}]`)).toEqual({
        name: 'java/lang/String.hashCode',
        ...{ file: null, module: null, line: 0, inlined: false, kind },
      });
    }
    expect(readFoldedFrame('a.b_[i]')).toEqual({
      name: 'a.b',
      ...{ file: null, module: null, line: 0, inlined: true, kind: unknown },
    });
    expect(readFoldedFrame('a_[x]').name).toBe('a_[x]');
    expect(readFoldedFrame('save - /app/models/user.rb:12')).toMatchObject({
      name: 'save',
      file: '/app/models/user.rb',
      line: 12,
    });
  });

  it('writes frames that it reads again', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z<>.$]{1,9}$/),
        fc.option(fc.stringMatching(/^\/[a-z /]{1,9}\.py$/)),
        fc.nat(99999),
        fc.option(fc.stringMatching(/^[a-z._/-]{1,9}$/)),
        fc.constantFrom('', 'i', ...[1, 2, 4]),
        (name, file, at, inside, mark) => {
          const frame = {
            name,
            file,
            module: file === null ? inside : null,
            line: file === null ? 0 : at,
            inlined: mark === 'i',
            kind: typeof mark === 'number' ? mark : 0,
          };
          expect(readFoldedFrame(writeFoldedFrame(frame))).toEqual(frame);
        },
      ),
      { seed: 1, numRuns: 300 },
    );
    const plain = { file: null, module: null, line: 0, inlined: false, kind: 0 };
    expect(writeFoldedFrame({ ...plain, name: 'a;b\r\nc' })).toBe('a:b c');
    // Signatures as async-profiler writes them: `|` for `;`.
    const signature = 'Busy.join(Ljava/util/List|[I[[Ljava/lang/String|J)Ljava/lang/String|';
    const { name } = readFoldedFrame(`${signature}_[j]`);
    expect(name).toBe('Busy.join(Ljava/util/List;[I[[Ljava/lang/String;J)Ljava/lang/String;');
    expect(writeFoldedFrame({ ...plain, name })).toBe(signature);
    expect(readFoldedFrame('a|b(int)').name).toBe('a|b(int)');
    // .NET's number of type parameters is no library.
    expect(readFoldedFrame('List`1.Add')).toEqual({ ...plain, name: 'List`1.Add' });
    expect(readFoldedFrame('libc.so.6`malloc')).toEqual({ ...plain, name: 'malloc', module: 'libc.so.6' });
  });
});
