import { expect, test } from 'vitest';
import { shortFunctionName } from './shortFunctionName';

test.each([
  ['hash', 'hash'],
  ['main.hash', 'hash'],
  ['main.(*Digest).hash', 'hash'],
  ['github.com/a/b.v2/pkg.Sum[...]', 'Sum'],
  ['ns::Digest<int>::hash(int, std::pair<int, int>) const', 'hash'],
  ['Digest::~Digest()', '~Digest'],
  ['java.util.Digest.hash(Object)', 'hash'],
  ['Digest#hash', 'hash'],
  ['hash<T>', 'hash'],
  ['alpha::beta::run', 'run'],
  ['int ns::f<int>(int)', 'f'],
  ['(anonymous)', '(anonymous)'],
  ['', ''],
])('%s is %s', (name, short) => {
  expect(shortFunctionName(name)).toBe(short);
});

test('long hostile names cost little', () => {
  expect(shortFunctionName(`${'<'.repeat(100_000)}${'>'.repeat(100_000)}`).length).toBeLessThan(2001);
});
