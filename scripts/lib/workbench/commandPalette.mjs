// What is chosen in the command palette: commands, and files by their names.
import { exactly, patience } from './expected.mjs';
import { quickPickItems } from './quickInput.mjs';

/** Opens the command palette, types the command's full title ("Emberline: Toggle Heat") and chooses it. */
export async function runCommand(page, title) {
  const input = await openPalette(page);
  await input.fill(`>${title}`);
  const row = page
    .locator('.quick-input-widget .monaco-list-row')
    .filter({ has: page.locator('.label-name', { hasText: exactly(title) }) })
    .first();
  try {
    await row.waitFor({ timeout: 6000 });
  } catch {
    const offered = await quickPickItems(page);
    await page.keyboard.press('Escape');
    const list = offered.map((item) => item.label).join(', ') || 'nothing';
    throw new Error(`The command palette does not offer "${title}"; it offers: ${list}`);
  }
  await row.click();
  // What the command shows may be a quick pick too: only when the palette has gone can the two be told apart.
  await page
    .locator(`.quick-input-widget:visible input[aria-label*="command" i]`)
    .waitFor({ state: 'hidden', timeout: patience });
}

/** Opens a file of the workspace by its name, through Go to File. */
export async function openFile(page, name) {
  const input = await openPalette(page);
  await input.fill(name);
  await page
    .locator('.quick-input-widget .monaco-list-row')
    .filter({ has: page.locator('.label-name', { hasText: exactly(name) }) })
    .first()
    .click({ timeout: patience });
  await page.locator('.tabs-container .tab.active', { hasText: name }).first().waitFor({ timeout: patience });
}

/** Titles the palette offers for a text, best first. Closes it again. */
export async function paletteOffers(page, text) {
  const input = await openPalette(page);
  await input.fill(`>${text}`);
  await page.waitForTimeout(500);
  const offered = await quickPickItems(page);
  await page.keyboard.press('Escape');
  return offered.map((item) => item.label);
}

async function openPalette(page) {
  const input = page.locator('.quick-input-widget:visible input[type=text]').first();
  for (let i = 0; i < 10; i++) {
    await page.keyboard.press('F1');
    const open = await input.waitFor({ state: 'visible', timeout: 2000 }).then(
      () => true,
      () => false,
    );
    if (open) return input;
    // A key pressed while a webview loads is lost: the status bar gives the workbench its focus back.
    await page
      .locator('.part.statusbar')
      .click({ position: { x: 400, y: 5 }, timeout: 2000 })
      .catch(() => {});
  }
  throw new Error('The command palette did not open.');
}
