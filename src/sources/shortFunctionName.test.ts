import { describe, expect, it } from 'vitest';
import { shortFunctionName } from './shortFunctionName';

describe('shortFunctionName', () => {
  it.each([
    ['java.util.TimSort.mergeCollapse', 'TimSort.mergeCollapse'],
    ['java/util/TimSort.mergeCollapse(II)V', 'TimSort.mergeCollapse'],
    ['com.shop.Order$Line.price', 'Line.price'],
    ['com.shop.Order.<init>', 'Order.<init>'],
    ['new Order', 'new Order'],
    ['com.shop.Order.lambda$total$0', 'Order.lambda$total$0'],
    ['main.work', 'main.work'],
    ['github.com/shop/cart.(*Tree[go.shape.int]).Find', 'Tree.Find'],
    ['main.main.func1', 'main.func1'],
    ['shop::cart::total', 'cart::total'],
    ['shop::Mixer<a::b<int>, c.d>::run(std::vector<int>) const', 'Mixer::run'],
    ['<app::Queue as core::iter::Iterator>::next::h0123456789abcdef', 'Queue::next'],
    ['app::run::{{closure}}', 'run::{{closure}}'],
    ['outer.<locals>.inner', 'outer.inner'],
    ['compress.constprop.0', 'compress'],
    ['/usr/lib/libc.so.6', 'libc.so.6'],
    ['[libc.so.6]', '[libc.so.6]'],
    ['visit', 'visit'],
    ['<module>', '<module>'],
    ['(anonymous)', '(anonymous)'],
    ['', '(anonymous)'],
  ])('%s', (name, expected) => {
    expect(shortFunctionName(name, 40)).toBe(expected);
  });

  it('cuts in the middle what is too long still', () => {
    expect(shortFunctionName('a.b.ConcurrentReferenceHashMap.restructureIfNecessary', 24)).toBe(
      'ConcurrentR…eIfNecessary',
    );
    expect(shortFunctionName('😀'.repeat(30), 9)).toBe(`${'😀'.repeat(4)}…${'😀'.repeat(4)}`);
  });
});
