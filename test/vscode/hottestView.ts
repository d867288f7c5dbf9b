import { join } from 'node:path';
import * as vscode from 'vscode';
import { screenshot, ui } from './driver';
import { DARK_AND_LIGHT, inThemes } from './themes';

const pictures = process.env['EMBERLINE_TEST_OUTPUT'];

/** The rows of the Hottest Lines view: label and description. */
export function rows(): Promise<{ label: string; description: string; level: string | null }[]> {
  return ui(async (page) =>
    page
      .locator('.part.sidebar .pane', { has: page.locator('.pane-header[aria-label^="Hottest Lines"]') })
      .locator('.monaco-list-row')
      .evaluateAll((all) =>
        all.map((row) => ({
          // Shares are aligned by figure spaces.
          label: (row.querySelector('.label-name')?.textContent ?? '').replace(/^\u2007+/, ''),
          description: row.querySelector('.label-description')?.textContent ?? '',
          level: row.getAttribute('aria-level'),
        })),
      ),
  );
}

export function clickRow(text: string): Promise<void> {
  return ui(async (page, wanted) => {
    await page.locator('.part.sidebar .pane .monaco-list-row').filter({ hasText: wanted }).first().click();
  }, text);
}

/** The lenses of the visible editors, top to bottom. */
export function lenses(): Promise<string[]> {
  return ui(async (page) => page.locator('.codelens-decoration:visible').allTextContents());
}

/** Pictures of what is shown now, in dark and light. */
export async function takePictures(name: string): Promise<void> {
  if (pictures === undefined) return;
  await inThemes(DARK_AND_LIGHT, async (kind) => {
    await screenshot(join(pictures, `${name}-${kind}.png`));
  });
}

/** The cursor's file and line. */
export const place = (): string => {
  const editor = vscode.window.activeTextEditor;
  return editor === undefined
    ? 'none'
    : `${editor.document.uri.path.split('/').at(-1)}:${editor.selection.active.line + 1}`;
};
