// Quick picks, input boxes and VS Code's own file dialog.
import { exactly, patience } from './expected.mjs';
import { dismissWidgets } from './widgets.mjs';

/** The rows of the open quick pick: `{label, description, checked}`, `checked` null where there is no check box. */
export async function quickPickItems(page) {
  return page.locator('.quick-input-widget:visible .monaco-list-row').evaluateAll((rows) =>
    rows.map((row) => {
      const box = row.querySelector('.quick-input-list-checkbox, [role=checkbox], input[type=checkbox]');
      const shown = box !== null && box.getBoundingClientRect().width > 0;
      return {
        label: row.querySelector('.label-name')?.textContent ?? '',
        description: row.querySelector('.label-description')?.textContent ?? '',
        checked: shown ? box.getAttribute('aria-checked') === 'true' || box.checked === true : null,
      };
    }),
  );
}

/** Waits for a quick pick (with `title` or placeholder text in it, when given) and returns its items. */
export async function waitForQuickPick(page, text) {
  const widget = page.locator('.quick-input-widget:visible');
  await widget.waitFor({ timeout: patience });
  if (text) {
    const deadline = Date.now() + patience;
    for (;;) {
      const title = await widget
        .locator('.quick-input-title')
        .textContent()
        .catch(() => '');
      const placeholder = await widget
        .locator('input[type=text]')
        .first()
        .getAttribute('placeholder')
        .catch(() => '');
      if (`${title}\n${placeholder}`.includes(text)) break;
      if (Date.now() > deadline) throw new Error(`The quick pick says "${title} ${placeholder}", not "${text}".`);
      await page.waitForTimeout(100);
    }
  }
  await page.locator('.quick-input-widget:visible .monaco-list-row').first().waitFor({ timeout: patience });
  return quickPickItems(page);
}

/** Chooses the row whose label contains `label` in the open quick pick of one choice. */
export async function pick(page, label) {
  const deadline = Date.now() + patience;
  while (!(await clickQuickPickRow(page, { label }))) {
    if (Date.now() > deadline) {
      const shown = (await quickPickItems(page)).map((item) => item.label).join(', ') || 'nothing';
      throw new Error(`No quick pick offers "${label}"; shown: ${shown}`);
    }
    await page.waitForTimeout(100);
  }
}

/**
 * Clicks the first row whose label contains `label`, or is it where `exact`; false where none is shown. It is found and
 * clicked in one go, in the page: VS Code draws other items into the same elements as a list moves, and does so between
 * the moment when playwright finds an element and the one when it clicks.
 */
export async function clickQuickPickRow(page, { label, exact = false }) {
  return page.evaluate(
    ({ label, exact }) => {
      // An icon leaves a blank before the text, which may be one that does not break.
      const plain = (text) => text.replace(/\s+/g, ' ').trim();
      const wanted = plain(label);
      for (const row of document.querySelectorAll('.quick-input-widget .monaco-list-row')) {
        const text = plain(row.querySelector('.label-name')?.textContent ?? '');
        const box = row.getBoundingClientRect();
        if ((exact ? text !== wanted : !text.includes(wanted)) || box.height === 0) continue;
        const at = { clientX: box.left + 30, clientY: box.top + box.height / 2 };
        for (const type of ['mousedown', 'mouseup', 'click']) {
          row.dispatchEvent(new MouseEvent(type, { ...at, bubbles: true, cancelable: true, view: window, detail: 1 }));
        }
        return true;
      }
      return false;
    },
    { label, exact },
  );
}

/** Accepts the open quick pick or input box as it is. */
export async function acceptQuickInput(page) {
  await page.locator('.quick-input-widget:visible input[type=text]').first().press('Enter');
}

/** Types into the open input box and accepts. */
export async function typeIntoQuickInput(page, text) {
  const input = page.locator('.quick-input-widget:visible input[type=text]').first();
  await input.waitFor({ timeout: patience });
  await input.fill(text);
  await input.press('Enter');
}

/** Checks every row of a quick pick of many choices and accepts it. */
export async function acceptAll(page) {
  const all = page.locator('.quick-input-header > [role=checkbox], .quick-input-check-all').first();
  const items = await quickPickItems(page);
  if (items.some((item) => item.checked === false)) await all.click();
  const ok = page.locator('.quick-input-widget:visible .quick-input-action .monaco-button:visible').first();
  if (await ok.count()) await ok.click();
  else await acceptQuickInput(page);
}

/** Closes the open quick pick, input box or file dialog without choosing; waits for one that is about to open. */
export async function cancelQuickInput(page) {
  await page.locator('.quick-input-widget:visible').waitFor({ timeout: patience });
  await dismissWidgets(page);
}

/** Types a path into VS Code's own file dialog and accepts it. */
export async function chooseFile(page, path) {
  const widget = page.locator('.quick-input-widget:visible');
  const input = widget.locator('input[type=text]').first();
  await widget.locator('.monaco-list-row').first().waitFor({ timeout: patience });
  const name = path.slice(path.search(/[^/\\]*$/));
  const title = widget.locator('.quick-input-title');
  const dialog = await title.textContent().catch(() => '');
  const deadline = Date.now() + patience;
  do {
    // The dialog looks up its first folder, and each path that is typed: what it finds late replaces what was typed.
    await input.fill(path);
    const row = widget
      .locator('.monaco-list-row')
      .filter({ has: page.locator('.label-name', { hasText: exactly(name) }) });
    const found = await row.waitFor({ timeout: 3000 }).then(
      () => true,
      () => false,
    );
    if (!found || (await input.inputValue().catch(() => '')) !== path) continue;
    await input.press('Enter');
    // Another question may follow at once.
    const late = Date.now() + 3000;
    do {
      if (!(await widget.isVisible())) return;
      if ((await title.textContent({ timeout: 300 }).catch(() => dialog)) !== dialog) return;
    } while (Date.now() < late);
  } while (Date.now() < deadline);
  throw new Error(`The file dialog did not take ${path}.`);
}

/** Accepts the file of this name that VS Code's own save dialog proposes. */
export async function acceptProposedFile(page, name) {
  const widget = page.locator('.quick-input-widget:visible');
  const input = widget.locator('input[type=text]').first();
  const deadline = Date.now() + patience;
  let proposed = '';
  do {
    proposed = await input.inputValue({ timeout: 1000 }).catch(() => '');
    if (!proposed.endsWith(name)) {
      await page.waitForTimeout(100);
      continue;
    }
    // The dialog looks up its folder before it takes a name: until then it does not listen.
    await input.press('Enter', { timeout: 1000 }).catch(() => {});
    const closed = await widget.waitFor({ state: 'hidden', timeout: 2000 }).then(
      () => true,
      () => false,
    );
    if (closed) return;
  } while (Date.now() < deadline);
  throw new Error(`The save dialog did not take ${name}; it proposes "${proposed}".`);
}

/**
 * Gives the focus to the webview that is shown, as VS Code does of itself when a pick has closed: a moment late, from
 * what is open by then.
 */
export async function focusWebview(page) {
  const frame = page.locator('iframe.webview.ready:visible').last();
  await frame.evaluate((element) => element.contentWindow.focus());
  await page.waitForFunction(() => document.activeElement?.tagName === 'IFRAME', null, { timeout: patience });
}
