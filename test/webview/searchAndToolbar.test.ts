import { describe, expect, it } from 'vitest';
import { editor, searchField, startWith } from './openEditor';
import { folded, timedCpuprofile } from './profiles';

describe('search', () => {
  it('says what share matches, dims the rest, and steps through the matches', async () => {
    await startWith(folded, 'a.folded');
    const before = [await editor.chartColor(0.3, 2), await editor.chartColor(0.7, 2)];
    await editor.page.keyboard.press('/');
    await editor.page.keyboard.type('PARSE');
    await expect.poll(() => editor.page.locator('.outcome').textContent()).toBe('54.0% matched, 1 function');
    await editor.settled();
    expect(await editor.chartColor(0.3, 2), 'parse keeps its colour').toBe(before[0]);
    expect(await editor.chartColor(0.7, 2), 'render is dimmed').not.toBe(before[1]);
    await editor.page.keyboard.press('Enter');
    await editor.page.keyboard.press('Enter');
    await editor.settled();
    expect((await editor.keptState())!.focused).not.toBeNull();
    await editor.page.keyboard.press('Escape');
    await editor.settled();
    expect(await editor.chartColor(0.7, 2)).toBe(before[1]);
    expect(await searchField().inputValue()).toBe('');
  });

  it('matches case, and shows an invalid pattern in place', async () => {
    await startWith(folded, 'a.folded');
    await searchField().fill('PARSE');
    await editor.page.getByRole('switch', { name: 'Match case' }).click();
    await expect.poll(() => editor.page.locator('.outcome').textContent()).toBe('No matches');
    await editor.page.getByRole('switch', { name: 'Match case' }).click();
    await editor.page.getByRole('switch', { name: 'Use regular expression' }).click();
    await searchField().fill('^(parse|dr');
    await expect.poll(() => editor.page.getByRole('alert').textContent()).toMatch(/^Invalid pattern: /);
    await searchField().fill('^(parse|draw)$');
    await expect.poll(() => editor.page.locator('.outcome').textContent()).toBe('84.0% matched, 2 functions');
    expect(await editor.page.getByRole('alert').count()).toBe(0);
  });
});

describe('toolbar', () => {
  it("writes in VS Code's font", async () => {
    await startWith(timedCpuprofile(), 'a.cpuprofile');
    const fonts = await editor.page
      .locator('emberline-toolbar .word')
      .evaluateAll((words) =>
        words.map((word) => `${getComputedStyle(word).fontSize} ${getComputedStyle(word).fontFamily}`),
      );
    expect(fonts).toHaveLength(2);
    for (const font of fonts) expect(font).toMatch(/^13px system-ui, /);
  });

  it('says what is wrong with a pattern right under its field', async () => {
    await startWith(folded, 'a.folded', { width: 1280 });
    await editor.page.getByRole('switch', { name: 'Use regular expression' }).click();
    await searchField().fill('^(a');
    const problem = editor.page.locator('.problem');
    await problem.waitFor();
    const [field, message] = [
      await editor.page.locator('emberline-search-box vscode-textfield').boundingBox(),
      await problem.boundingBox(),
    ];
    expect(message!.x).toBe(field!.x);
    expect(message!.width).toBe(field!.width);
    expect(message!.y - field!.y - field!.height).toBeLessThan(4);
  });
});
