// Items of the status bar.
import { patience } from './expected.mjs';

/** The status bar's items: `{text, label}`; `label` is what a screen reader says. */
export async function statusBarItems(page) {
  return page.locator('.part.statusbar .statusbar-item').evaluateAll((items) =>
    items
      .filter((item) => item.getBoundingClientRect().width > 0)
      .map((item) => ({
        text: (item.textContent ?? '').trim(),
        label: item.querySelector('[aria-label]')?.getAttribute('aria-label') ?? item.getAttribute('aria-label') ?? '',
      })),
  );
}

/** Waits for a status bar item that contains `text` and returns its whole text. */
export async function waitForStatusBarItem(page, text) {
  const item = page.locator('.part.statusbar .statusbar-item', { hasText: text }).first();
  try {
    await item.waitFor({ timeout: patience });
  } catch {
    const shown = (await statusBarItems(page)).map((one) => one.text).join(' | ');
    throw new Error(`No status bar item says "${text}"; shown: ${shown}`);
  }
  return ((await item.textContent()) ?? '').trim();
}

export async function clickStatusBarItem(page, text) {
  const item = page.locator('.part.statusbar .statusbar-item', { hasText: text }).first();
  await item.locator('a, [role=button]').first().click({ timeout: patience });
}

/** Rests the pointer on the item that contains `text`; what its tooltip says once that contains `says`. */
export async function tooltipOfStatusBarItem(page, { text, says }) {
  const item = page.locator('.part.statusbar .statusbar-item', { hasText: text }).first();
  const tooltip = page.locator('.monaco-hover:visible, .workbench-hover:visible').filter({ hasText: says }).first();
  const deadline = Date.now() + patience;
  do {
    // An item that changes under the pointer loses its tooltip.
    await item.hover({ timeout: patience });
    const said = await tooltip
      .waitFor({ timeout: 5000 })
      // biome-ignore lint/performance/useDomNodeTextContent: lines as they are drawn.
      .then(() => tooltip.innerText({ timeout: 1000 }))
      .catch(() => null);
    if (said !== null) return said;
    await page.mouse.move(5, 5);
  } while (Date.now() < deadline);
  throw new Error(`No tooltip of the status bar item "${text}" says "${says}".`);
}
