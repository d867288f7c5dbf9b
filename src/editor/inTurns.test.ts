import { expect, test } from 'vitest';
import { inTurns } from './inTurns';

test('what waits comes between the steps, and the last one at the end', async () => {
  const order: string[] = [];
  const later = (what: string): void => void setImmediate(() => order.push(what));
  const step = (what: string) => (): void => {
    order.push(what);
    later(`after ${what}`);
  };
  await inTurns([step('one'), step('two')], () => order.push('last'));
  expect(order).toEqual(['one', 'after one', 'two', 'after two', 'last']);
});

test('the last one is done at once without steps', () => {
  let done = false;
  void inTurns([], () => {
    done = true;
  });
  expect(done).toBe(true);
});

test('where a step fails, later ones are left out and the last one is done', async () => {
  const order: string[] = [];
  const failing = (): void => {
    order.push('failing');
    throw new Error('no such line');
  };
  const turns = inTurns([failing, () => order.push('never')], () => order.push('last'));
  await expect(turns).rejects.toThrow('no such line');
  expect(order).toEqual(['failing', 'last']);
});
