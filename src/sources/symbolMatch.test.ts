import { describe, expect, test } from 'vitest';
import { type DefinedSymbol, matchSymbols, type RecordedFunction } from './symbolMatch';

/** Symbols at the lines 0, 10, 20 …, nine lines long. */
function symbols(...paths: string[]): DefinedSymbol[] {
  return paths.map((path, i) => ({
    path: path.split('|'),
    startLine: 10 * i,
    nameLine: 10 * i + 1,
    endLine: 10 * i + 8,
  }));
}

const bare = (name: string, module: string | null = null): RecordedFunction => ({
  name,
  module,
  inFile: false,
  line: null,
});
const inFile = (name: string, line: number | null = null): RecordedFunction => ({
  name,
  module: null,
  inFile: true,
  line,
});

function matched(functions: RecordedFunction[], defined: DefinedSymbol[], path: string): string[] {
  const { matches, ambiguous } = matchSymbols(functions, defined, path);
  return [
    ...matches.map(
      ({ func, symbol, kind }) => `${functions[func]!.name} = ${defined[symbol]!.path.join('|')} (${kind})`,
    ),
    ...ambiguous.map((func) => `${functions[func]!.name} ?`),
  ];
}

describe('functions without a file', () => {
  test.each([
    // Java: all of the package is in the folders.
    ['com.x.Foo.bar', null, 'Foo|bar(int) : void', '/w/src/main/java/com/x/Foo.java', 'qualified'],
    ['com/x/Foo.bar(I)V', null, 'Foo|bar', '/w/com/x/Foo.java', 'qualified'],
    ['com.x.Foo.bar', null, 'Foo|bar', '/w/org/y/Foo.java', null],
    ['com.x.Foo.bar', null, 'com.x|Foo|bar', '/w/Foo.java', 'qualified'],
    ['com.x.Foo$In.bar', null, 'Foo|In|bar', '/w/com/x/Foo.java', 'qualified'],
    ['com.x.Foo.<init>', null, 'Foo|Foo(int)', '/w/com/x/Foo.java', 'qualified'],
    ['com.x.UtilKt.hash', null, 'hash', '/w/com/x/Util.kt', 'qualified'],
    ['Busy.compute', null, 'Busy|compute', '/w/Busy.java', 'qualified'],
    // Go: the package is the folder, the module's path may be anywhere.
    ['github.com/acme/svc/store.(*DB).Get', null, '(*DB).Get', '/w/clone/store/db.go', 'qualified'],
    ['github.com/acme/svc/store.(*DB).Get', null, '(*Cache).Get', '/w/store/cache.go', null],
    ['github.com/acme/svc/cache.Open', null, 'Open', '/w/store/db.go', null],
    ['main.(*Tree).Find', null, '(*Tree).Find', '/w/tree.go', 'qualified'],
    ['main.work', null, 'work', '/w/cmd.go', 'name'],
    // Python
    ['pkg.mod.hot', null, 'hot', '/w/pkg/mod.py', 'qualified'],
    ['hot', 'pkg.mod', 'hot', '/w/pkg/mod.py', 'qualified'],
    ['hot', 'pkg', 'hot', '/w/pkg/__init__.py', 'qualified'],
    ['hot', 'other', 'hot', '/w/pkg/mod.py', null],
    ['hot', '__main__', 'hot', '/w/run.py', 'name'],
    ['Shop.serve', null, 'Shop|serve', '/w/run.py', 'qualified'],
    // Rust
    ['my_app::queue::Queue::push', null, 'impl<T> Queue<T>|push', '/w/my-app/src/queue.rs', 'qualified'],
    ['my_app::run', null, 'run', '/w/my-app/src/main.rs', 'qualified'],
    ['other::run', null, 'run', '/w/my-app/src/main.rs', null],
    // C and C++
    ['deep', null, 'deep(int)', '/w/a.c', 'name'],
    ['shapes::Mixer<int>::run', null, 'shapes|Mixer|run', '/w/a.cpp', 'qualified'],
    ['deep', 'libc.so.6', 'deep', '/w/a.c', 'name'],
  ] as const)('%s of %s is %s in %s: %s', (name, module, symbol, path, kind) => {
    expect(matched([bare(name, module)], symbols(symbol), path)).toEqual(
      kind === null ? [] : [`${name} = ${symbol} (${kind})`],
    );
  });

  test('a bare name that two containers have is ambiguous', () => {
    expect(matched([bare('run')], symbols('A|run', 'B|run'), '/w/a.py')).toEqual(['run ?']);
    expect(matched([bare('run')], symbols('run', 'B|run'), '/w/a.py')).toEqual(['run = run (name)']);
  });

  test('overloads whose parameters are cut off share a symbol: none is marked', () => {
    expect(matched([bare('Foo.f(I)V'), bare('Foo.f(J)V')], symbols('Foo|f'), '/w/Foo.java')).toEqual([
      'Foo.f(I)V ?',
      'Foo.f(J)V ?',
    ]);
  });

  test('a better match keeps the symbol', () => {
    expect(matched([bare('run'), bare('Shop.run')], symbols('Shop|run'), '/w/a.py')).toEqual([
      'Shop.run = Shop|run (qualified)',
      'run ?',
    ]);
  });
});

describe('functions of the file', () => {
  test('are found by name and line', () => {
    const defined = symbols('A|run', 'B|run', 'work');
    expect(matched([inFile('run', 11), inFile('run', 0), inFile('work', 99)], defined, '/w/a.ts')).toEqual([
      'run = B|run (line)',
      'run = A|run (line)',
      'work = work (file)',
    ]);
  });

  test('are ambiguous where neither line nor container tells', () => {
    expect(matched([inFile('run')], symbols('A|run', 'B|run'), '/w/a.ts')).toEqual(['run ?']);
    expect(matched([inFile('B.run')], symbols('A|run', 'B|run'), '/w/a.ts')).toEqual(['B.run = B|run (file)']);
  });

  test('nested functions count by the innermost name line', () => {
    const defined: DefinedSymbol[] = [
      { path: ['run'], startLine: 0, nameLine: 3, endLine: 9 },
      { path: ['run', 'run'], startLine: 3, nameLine: 4, endLine: 6 },
    ];
    expect(matched([inFile('run', 3)], defined, '/w/a.ts')).toEqual(['run = run (line)']);
  });

  test('nothing to match is nothing wrong', () => {
    expect(matched([], [], '/w/a.ts')).toEqual([]);
    expect(matched([inFile('<module>', 0), inFile('(anonymous)', 4)], symbols('map() callback'), '')).toEqual([]);
  });
});
