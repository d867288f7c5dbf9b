import { describe, expect, test } from 'vitest';
import { functionSegments, symbolSegments } from './functionNames';

describe('recorded function names', () => {
  test.each([
    // JavaScript, Python, Ruby, PHP
    ['churn', ['churn']],
    ['Tree.find', ['Tree', 'find']],
    ['new Tree', ['Tree', 'Tree']],
    ['async load', ['load']],
    ['get size', ['size']],
    ['$scope', ['$scope']],
    ['app.store.read', ['app', 'store', 'read']],
    ['outer.<locals>.inner', ['outer', 'inner']],
    ['Thread._bootstrap', ['Thread', '_bootstrap']],
    ['Order#total', ['Order', 'total']],
    ['App\\Store::read', ['App', 'Store', 'read']],
    // Java, Kotlin, Scala
    ['com.x.Foo.bar', ['com', 'x', 'Foo', 'bar']],
    ['com/x/Foo$In.bar(I[Ljava/lang/String;)V', ['com', 'x', 'Foo', 'In', 'bar']],
    ['com.x.Foo.<init>', ['com', 'x', 'Foo', 'Foo']],
    ['Busy.compute()V', ['Busy', 'compute']],
    ['com.x.UtilKt.hash', ['com', 'x', 'UtilKt', 'hash']],
    // Go
    ['main.work', ['main', 'work']],
    ['main.(*Tree).Find', ['main', 'Tree', 'Find']],
    ['main.(*Tree[...]).Find', ['main', 'Tree', 'Find']],
    ['main.Max[go.shape.int]', ['main', 'Max']],
    ['github.com/acme/svc/store.(*DB).Get', ['github', 'com', 'acme', 'svc', 'store', 'DB', 'Get']],
    ['gopkg.in/yaml%2ev3.Marshal', ['gopkg', 'in', 'yaml', 'v3', 'Marshal']],
    ['main.Tree.Walk-fm', ['main', 'Tree', 'Walk']],
    // C and C++
    ['deep(int, char const*)', ['deep']],
    ['shapes::Mixer<unsigned long, 20000>::operator()(int) const', ['shapes', 'Mixer', 'operator()']],
    ['void sort<int, std::less<int> >(int*)', ['sort']],
    ['a::operator<<(std::ostream&, int)', ['a', 'operator<<']],
    ['(anonymous namespace)::helper()', ['helper']],
    // Rust
    ['app::queue::push::h0123456789abcdef', ['app', 'queue', 'push']],
    ['<app::Queue as core::iter::Iterator>::next', ['app', 'Queue', 'next']],
    ['<app::Queue<T> as core::iter::Iterator<U>>::next', ['app', 'Queue', 'next']],
    ['app::Queue<T>::len', ['app', 'Queue', 'len']],
    ['<[T]>::sort', null],
  ])('%s', (recorded, segments) => {
    expect(functionSegments(recorded)).toEqual(segments);
  });

  test.each([
    '',
    '<module>',
    '(anonymous)',
    'main.work.func1',
    'main.work.func1.2',
    'main.work.deferwrap1',
    'main.glob..func3',
    'Busy.lambda$start$1',
    'Busy$$Lambda$4.0x00007f19b4001800.run',
    'Foo.<clinit>',
    'app::run::{{closure}}',
    'app::run::{closure#0}',
    'squares.<locals>.<genexpr>',
    '[unknown]',
    'libc.so.6 (deleted',
    'x'.repeat(5000),
  ])('%s names no definition', (recorded) => {
    expect(functionSegments(recorded)).toBeNull();
  });

  test.each([
    ['churn', ['churn']],
    ['bar(int, String) : void', ['bar']],
    ['(*Tree).Find', ['Tree', 'Find']],
    ['(Tree).Find', ['Tree', 'Find']],
    ['(get) size', ['size']],
    ['impl Queue', ['Queue']],
    ['impl<T> Iterator for Queue<T>', ['Queue']],
    ['impl core::fmt::Display for Queue', ['Queue']],
    ['map() callback', []],
    ['Mixer<N>::run', ['Mixer', 'run']],
  ])('a symbol %s', (shown, segments) => {
    expect(symbolSegments(shown)).toEqual(segments);
  });
});
