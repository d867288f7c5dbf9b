// A window that has just opened, or was reloaded: it knows its extensions, and takes what is clicked, only after a while.
import { paletteOffers, runCommand } from './commandPalette.mjs';
import { patience } from './expected.mjs';
import { waitForFlameGraph } from './profileEditor.mjs';

/** Waits until a window offers Emberline's commands. */
export async function waitForEmberline(page) {
  await page.locator('.monaco-workbench').waitFor({ timeout: patience });
  const deadline = Date.now() + patience;
  do {
    if ((await paletteOffers(page, 'Emberline')).includes('Emberline: Open Profile…')) return;
    await page.waitForTimeout(500);
  } while (Date.now() < deadline);
  throw new Error('The second window does not know Emberline.');
}

/**
 * Opens a profile by a double-click in the Explorer and waits for its chart. The window may lose the click; and VS Code
 * offers an extension's commands a moment before it knows its editors: a file that is opened in between is shown as text,
 * and stays that. Then all is closed and tried again.
 */
export async function openFromExplorer(page, name) {
  const deadline = Date.now() + patience;
  do {
    await page.locator('.explorer-folders-view .monaco-list-row', { hasText: name }).dblclick();
    if (await showsWebview(page)) break;
    await runCommand(page, 'View: Close All Editors');
  } while (Date.now() < deadline);
  await waitForFlameGraph(page);
}

/** Whether an editor that is a webview, such as a profile's, is there within some seconds: more while it loads. */
export async function showsWebview(page) {
  const webview = page.locator('iframe.webview.ready:visible').first();
  const isShown = (timeout) =>
    webview.waitFor({ timeout }).then(
      () => true,
      () => false,
    );
  if (await isShown(5000)) return true;
  const tabs = await page.locator('.tabs-container .tab').count();
  const texts = await page.locator('.editor-instance .monaco-editor').count();
  return tabs > 0 && texts === 0 && isShown(25_000);
}
