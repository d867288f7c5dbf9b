import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { bundleScripts, EditorPage, type EditorPageOptions, launchBrowser } from './editorPage';

// A browser for the tests of the file that imports this; each test opens the profile editor in a page of its own, which
// must not have complained by the test's end.

let browser: Browser;
let scripts: Map<string, string>;

/** The page that the test has opened. */
export let editor: EditorPage;

beforeAll(async () => {
  [browser, scripts] = await Promise.all([launchBrowser(), bundleScripts()]);
});
afterAll(() => browser?.close());
afterEach(async () => {
  const { complaints } = editor;
  await editor.close();
  expect(complaints).toEqual([]);
});

/** Opens the editor without a profile. */
export async function start(options: EditorPageOptions = {}): Promise<void> {
  editor = await EditorPage.create(browser, scripts, options);
}

export async function startWith(content: string, name: string, options: EditorPageOptions = {}): Promise<void> {
  await start(options);
  await editor.open(content, name);
}

/** The chart where nothing is drawn, in the dark theme. */
export const BACKGROUND = '31,31,31';

export const breadcrumb = (): Promise<string[]> =>
  editor.page.locator('emberline-breadcrumb button:visible').allTextContents();

/** What screen readers were told last. */
export const announced = (): Promise<string | null> => editor.page.locator('[data-role=announcer]').textContent();

export const tableColumn = (column: string): Promise<string[]> =>
  editor.page.locator(`emberline-function-table .row [data-column=${column}]`).allTextContents();

export const searchField = () => editor.page.getByRole('textbox', { name: 'Search functions and files' });
