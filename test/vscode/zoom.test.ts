import { join } from 'node:path';
import * as vscode from 'vscode';
import { eventually, ui } from './driver';
import { openProfile } from './openProfile';
import { workspacePath, writeWorkspace } from './workspaceFolder';

/** Every kind of answer of the engine goes through the extension host to the page: here those behind zooming. */

const press = (...keys: string[]): Promise<void> =>
  ui(async (page, pressed, tools) => {
    await tools.webview(page).locator('[role=application]').first().focus();
    for (const key of pressed) await page.keyboard.press(key);
  }, keys);

const path = (): Promise<string> =>
  ui(async (page, _, tools) => {
    const text = await tools.webview(page).getByRole('navigation', { name: 'Zoomed path' }).textContent();
    return (text ?? '').replace(/\s+/g, ' ');
  }, null);

const shown = (): Promise<string> =>
  ui(async (page, _, tools) => (await tools.webview(page).locator('emberline-app *').allInnerTexts()).join('\n'), null);

suite('Zoom', () => {
  test('into the focused frame shows its path, and Escape goes back', async () => {
    writeWorkspace('', { 'zoom.folded': 'main;serve;query;decode 30\nmain;serve;render 12\nmain;idle 8\n' });
    await openProfile(join(workspacePath(), 'zoom.folded'));
    await press('ArrowDown', 'ArrowDown', 'ArrowDown', 'Enter');
    await eventually(path, (text) => /main.*serve.*query/.test(text));
    await eventually(shown, (text) => text.includes('query') && !text.includes('is not a function'));
    await press('Escape');
    await eventually(path, (text) => !text.includes('query'));
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
});
