// What is chosen in the command palette: commands, and files by their names.
import { exactly, patience } from './expected.mjs';
import { clickQuickPickRow, quickPickItems } from './quickInput.mjs';

/**
 * Opens the command palette, types the command's full title ("Emberline: Toggle Heat") and chooses it. The palette closes
 * by itself when something else takes the focus, a webview that has just loaded for example: it is opened again then.
 */
export async function runCommand(page, title) {
  let offered = [];
  const deadline = Date.now() + patience;
  do {
    const input = await openPalette(page);
    const row = rowOf(page, title);
    try {
      await input.fill(`>${title}`, { timeout: 5000 });
      await row.waitFor({ timeout: 6000 });
      if (!(await clickQuickPickRow(page, { label: title, exact: true }))) continue;
    } catch {
      const typed = await input.inputValue({ timeout: 500 }).catch(() => '');
      if (typed === `>${title}`) offered = await quickPickItems(page);
      await page.keyboard.press('Escape');
      continue;
    }
    // What the command shows may be a quick pick too: only when the palette has gone can the two be told apart.
    await page
      .locator(`.quick-input-widget:visible input[aria-label*="command" i]`)
      .waitFor({ state: 'hidden', timeout: patience });
    return;
  } while (Date.now() < deadline);
  const list = offered.map((item) => item.label).join(', ') || 'nothing';
  throw new Error(`The command palette does not offer "${title}"; it offers: ${list}`);
}

/** Opens a file of the workspace by its name, through Go to File. */
export async function openFile(page, name) {
  const input = await openPalette(page);
  await input.fill(name);
  await rowOf(page, name).click({ timeout: patience });
  await page.locator('.tabs-container .tab.active', { hasText: name }).first().waitFor({ timeout: patience });
}

/** Titles the palette offers for a text, best first. Closes it again. */
export async function paletteOffers(page, text) {
  let offered = [];
  const deadline = Date.now() + patience;
  do {
    const input = await openPalette(page);
    const filled = await input.fill(`>${text}`, { timeout: 5000 }).then(
      () => true,
      () => false,
    );
    if (!filled) continue;
    const before = await labels(page);
    await page.waitForTimeout(500);
    offered = await labels(page);
    const typed = await input.inputValue({ timeout: 500 }).catch(() => '');
    await page.keyboard.press('Escape');
    // The list is filled a moment after something was typed.
    if (typed === `>${text}` && offered.length > 0 && offered.join('\n') === before.join('\n')) break;
  } while (Date.now() < deadline);
  return offered;
}

const labels = async (page) => (await quickPickItems(page)).map(({ label }) => label);

const rowOf = (page, label) =>
  page
    .locator('.quick-input-widget:visible .monaco-list-row')
    .filter({ has: page.locator('.label-name', { hasText: exactly(label) }) })
    .first();

/** The palette's input. Another quick pick may be open until the palette takes its place: it does not start with `>`. */
async function openPalette(page) {
  const input = page.locator('.quick-input-widget:visible input[type=text]').first();
  for (let i = 0; i < 10; i++) {
    await page.keyboard.press('F1');
    const until = Date.now() + 2000;
    while (Date.now() < until) {
      const typed = await input.inputValue({ timeout: 500 }).catch(() => '');
      if (typed.startsWith('>')) return input;
      await page.waitForTimeout(50);
    }
    // A key pressed while a webview loads is lost: the status bar gives the workbench its focus back.
    await page
      .locator('.part.statusbar')
      .click({ position: { x: 400, y: 5 }, timeout: 2000 })
      .catch(() => {});
  }
  throw new Error('The command palette did not open.');
}
