import { expect, it } from 'vitest';
import { fc } from '../../test/support/property';
import { joinCommand, splitCommand } from './splitCommand';

it.each([
  ['node server.js --port 80', ['node', 'server.js', '--port', '80']],
  [`python -c 'print("a b")'`, ['python', '-c', 'print("a b")']],
  ['node "a \\"b\\" c" d\\ e ""', ['node', 'a "b" c', 'd e', '']],
  ['  go test ./... ', ['go', 'test', './...']],
  ["node -e 'a | b > c && $(d)'", ['node', '-e', 'a | b > c && $(d)']],
])('splits %s', (text, args) => {
  expect(splitCommand(text, false)).toEqual({ env: {}, args });
});

it('keeps what is set before the program', () => {
  expect(splitCommand('A=1 B="x y" node A=2', false)).toEqual({ env: { A: '1', B: 'x y' }, args: ['node', 'A=2'] });
});

it('leaves backslashes where they separate folders', () => {
  expect(splitCommand('C:\\node.exe "a\\b"', true).args).toEqual(['C:\\node.exe', 'a\\b']);
});

it.each([
  ['node a.js | grep x', /shell for its "\|"/],
  ['cd a && npm test', /shell for its "&"/],
  ['node $(which x)', /shell for its "\$"/],
  ['node "$(which x)"', /shell for its "\$"/],
  ["node 'a", /open '/],
  ['', /no program/],
  ['A=1', /no program/],
])('refuses %s', (text, message) => {
  expect(() => splitCommand(text, false)).toThrow(message);
});

it('gives back what was joined', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1 }), (more) => {
      expect(splitCommand(joinCommand(['node', ...more]), false).args).toEqual(['node', ...more]);
    }),
  );
});
