// Themes, tabs, what is stored, and pictures of the whole window.
import { runCommand } from './commandPalette.mjs';
import { exactly, patience } from './expected.mjs';

/** Chooses a colour theme by its label ("Light Modern"); `dark`, or `kind` as of `themeKind`, says what to wait for. */
export async function chooseTheme(page, { label, dark, kind = dark ? 'vs-dark' : 'vs' }) {
  await runCommand(page, 'Preferences: Color Theme');
  const input = page.locator('.quick-input-widget:visible input[type=text]').first();
  await input.fill(label);
  const row = page
    .locator('.quick-input-widget:visible .monaco-list-row')
    .filter({ has: page.locator('.label-name', { hasText: exactly(label) }) })
    .first();
  await row.waitFor({ timeout: patience });
  await row.click();
  await page.locator(`.monaco-workbench.${kind}`).waitFor({ timeout: patience });
  await page.locator('.quick-input-widget').waitFor({ state: 'hidden', timeout: patience });
}

/** The kind of the colour theme that the window shows: `vs`, `vs-dark`, `hc-black` or `hc-light`. */
export async function themeKind(page) {
  return page
    .locator('.monaco-workbench')
    .first()
    .evaluate((element) => ['vs', 'vs-dark', 'hc-black', 'hc-light'].find((kind) => element.classList.contains(kind)));
}

/** Full titles of the open tabs, in order. */
export async function tabs(page) {
  return page
    .locator('.tabs-container .tab')
    .evaluateAll((all) => all.map((tab) => tab.getAttribute('aria-label') ?? ''));
}

/**
 * Waits until the window has written a text to its storage, such as the state of an extension that a reload brings
 * back. Only VS Code in a browser stores in the page; elsewhere VS Code itself writes before it reloads.
 */
export async function waitForStored(page, text) {
  const deadline = Date.now() + patience;
  for (;;) {
    const stored = await page.evaluate(async (wanted) => {
      const settled = (request) =>
        new Promise((resolve, reject) => {
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error);
        });
      const names = (await indexedDB.databases())
        .map(({ name }) => name)
        .filter((name) => /^vscode-web-state/.test(name));
      for (const name of names) {
        const database = await settled(indexedDB.open(name));
        try {
          for (const store of database.objectStoreNames) {
            const values = await settled(database.transaction(store).objectStore(store).getAll());
            if (values.some((value) => String(value).includes(wanted))) return true;
          }
        } finally {
          database.close();
        }
      }
      return names.length === 0;
    }, text);
    if (stored) return;
    if (Date.now() > deadline) throw new Error(`The window has not stored ${text}.`);
    await page.waitForTimeout(200);
  }
}

/** Saves a picture of the whole window. */
export async function screenshot(page, path) {
  await page.screenshot({ path, animations: 'disabled' });
  return path;
}
