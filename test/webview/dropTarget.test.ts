import { beforeEach, expect, test } from 'vitest';
import { editor, startWith } from './openEditor';

/** What is dropped on the profile editor, as the page hears of it. */

beforeEach(() => startWith('main;work 3\nmain;rest 2\n', 'a.folded'));

interface Dragged {
  lists?: Record<string, string>;
  files?: { name: string; text: string }[];
}

/** Drags over the page and drops. Answers whether the page took the drop and how it looked meanwhile. */
const drop = (dragged: Dragged): Promise<{ taken: boolean; marked: boolean; after: boolean }> =>
  editor.page.evaluate(async ({ lists = {}, files = [] }) => {
    const dataTransfer = new DataTransfer();
    for (const [type, text] of Object.entries(lists)) dataTransfer.setData(type, text);
    for (const { name, text } of files) dataTransfer.items.add(new File([text], name));
    const app = document.querySelector('emberline-app')!;
    const fire = (type: string): boolean =>
      app.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, composed: true, cancelable: true }));
    fire('dragover');
    const marked = app.hasAttribute('dropping');
    const taken = !fire('drop');
    await new Promise((resolve) => setTimeout(resolve, 50));
    return { taken, marked, after: app.hasAttribute('dropping') };
  }, dragged);

const files = (): Promise<{ name: string; text: string }[]> =>
  editor.page.evaluate(() =>
    window.pageHost.sent.flatMap((each) =>
      each.kind === 'dropFile' ? [{ name: each.name, text: new TextDecoder().decode(each.bytes) }] : [],
    ),
  );

test("takes VS Code's resources and addresses", async () => {
  const lists = { 'text/uri-list': '#c\r\nfile:///a.folded\r\nfile:///b.folded\r\n', 'text/plain': '/a.folded' };
  expect(await drop({ lists })).toEqual({ taken: true, marked: true, after: false });
  expect(await editor.sent('dropUris')).toEqual([{ kind: 'dropUris', uris: ['file:///a.folded', 'file:///b.folded'] }]);
});

test('passes on what files of the system hold', async () => {
  expect(
    await drop({
      files: [
        { name: 'x.folded', text: 'a;b 1\n' },
        { name: 'y.folded', text: 'c 2\n' },
      ],
    }),
  ).toMatchObject({ taken: true });
  await expect.poll(files).toEqual([
    { name: 'x.folded', text: 'a;b 1\n' },
    { name: 'y.folded', text: 'c 2\n' },
  ]);
});

test('leaves other drags alone', async () => {
  expect(await drop({ lists: { 'text/plain': 'hello' } })).toEqual({ taken: false, marked: false, after: false });
  expect(await editor.sent('dropUris')).toEqual([]);
});
