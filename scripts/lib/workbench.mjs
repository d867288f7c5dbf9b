// What a user does in the workbench, as functions of playwright's page. The demo and the VS Code tests share them:
// tests call them by name through the UI driver, so every argument and result is plain data.

const patience = 90_000;

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
  const rows = page.locator('.quick-input-widget:visible .monaco-list-row');
  await rows
    .filter({ has: page.locator('.label-name', { hasText: label }) })
    .first()
    .click({ timeout: patience });
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

/**
 * Closes what lies over the window: quick inputs, dialogs, menus, hovers, the list of notifications. For what a test
 * has left open, so it presses Escape where each one listens.
 */
export async function dismissWidgets(page) {
  const widgets = [
    ['.context-view .monaco-menu:visible, .monaco-menu-container:visible', null],
    ['.monaco-dialog-box:visible', '.monaco-dialog-box:visible'],
    ['.quick-input-widget:visible', '.quick-input-widget:visible input[type=text]'],
    ['.notifications-center.visible', '.notifications-center.visible'],
    ['.workbench-hover-container:visible, .monaco-hover:not(.hidden):visible', null],
  ];
  const deadline = Date.now() + patience;
  for (;;) {
    const open = [];
    for (const widget of widgets) if ((await page.locator(widget[0]).count()) > 0) open.push(widget);
    if (open.length === 0) return;
    if (Date.now() > deadline) throw new Error(`These stay open: ${open.map(([name]) => name).join(', ')}`);
    for (const [, focus] of open) {
      const target = focus === null ? null : page.locator(focus).first();
      await target?.focus({ timeout: 1000 }).catch(() => {});
      await page.keyboard.press('Escape');
    }
    // A hover stays while the pointer rests on it.
    await page.mouse.move(5, 5);
    await page.waitForTimeout(100);
  }
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

/** The notifications there are, shown or waiting behind the bell: `{message, buttons}`. */
export async function notifications(page) {
  return withNotifications(page, readNotifications);
}

/** Waits for a notification that contains `text` and returns its whole message. */
export async function waitForNotification(page, text) {
  const deadline = Date.now() + patience;
  for (;;) {
    const all = await notifications(page);
    const found = all.find((one) => one.message.includes(text));
    if (found !== undefined) return found.message;
    if (Date.now() > deadline) {
      const shown = all.map((one) => one.message).join(' | ') || 'none';
      throw new Error(`No notification says "${text}"; there are: ${shown}`);
    }
    await page.waitForTimeout(300);
  }
}

/** Clicks a button of the notification that contains `message`, the latest where there are several. */
export async function pressNotificationButton(page, { message, button }) {
  await waitForNotification(page, message);
  await withNotifications(page, async () => {
    const items = page.locator('.notification-list-item:visible').filter({ hasText: message });
    const before = await items.count();
    const target = items
      .first()
      .locator('.monaco-button', { hasText: exactly(button) })
      .first();
    if (!(await target.isVisible())) {
      await items.first().hover();
      await items.first().locator('.codicon-notifications-expand').first().click({ timeout: patience });
    }
    await target.click({ timeout: patience });
    // The button closes its notification, and with the last one the list.
    const deadline = Date.now() + 5000;
    while ((await items.count()) >= before) {
      if (Date.now() > deadline) throw new Error(`${button} did not close the notification "${message}".`);
      await page.waitForTimeout(100);
    }
  });
}

/**
 * Runs `read` with the notifications in sight. VS Code shows no toasts where an extension is under test: they wait
 * behind the bell, which is opened for it and closed again.
 */
async function withNotifications(page, read) {
  const bell = page.locator('.statusbar-item[id="status.notifications"] a').first();
  const center = page.locator('.notifications-center.visible');
  const opened = (await page.locator('.notification-list-item:visible').count()) === 0;
  if (opened) {
    await bell.click({ timeout: patience });
    await center.waitFor({ timeout: 2000 }).catch(() => {});
  }
  try {
    return await read(page);
  } finally {
    if (opened && (await center.count()) > 0) await bell.click({ timeout: 5000 }).catch(() => {});
  }
}

function readNotifications(page) {
  return page.locator('.notification-list-item:visible').evaluateAll((items) =>
    items.map((item) => ({
      message: item.querySelector('.notification-list-item-message')?.textContent ?? '',
      buttons: [...item.querySelectorAll('.notification-list-item-buttons-container .monaco-button')]
        .map((button) => button.textContent ?? '')
        .filter((text) => text !== ''),
    })),
  );
}

export async function clearNotifications(page) {
  await runCommand(page, 'Notifications: Clear All Notifications');
}

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

/** Playwright's locator of the document inside the visible webview (Emberline's profile editor). */
export function webview(page) {
  return page.locator('iframe.webview.ready:visible').last().contentFrame().locator('#active-frame').contentFrame();
}

/**
 * Waits until the profile editor has drawn a profile: its chart's canvas has a size and the loading state is gone.
 * Throws with the editor's own message when it shows an error instead.
 */
export async function waitForFlameGraph(page) {
  const frame = webview(page);
  await frame.locator('emberline-app').waitFor({ timeout: patience });
  const deadline = Date.now() + patience;
  for (;;) {
    const state = await frame
      .locator('emberline-app')
      .evaluate((app) => {
        // Open shadow roots are walked: what the user sees may lie in any of them.
        const found = { canvas: null, text: '' };
        const walk = (node) => {
          for (const child of node.childNodes) {
            if (child instanceof HTMLElement) {
              if (child.tagName === 'STYLE' || child.tagName === 'SCRIPT') continue;
              const box = child.getBoundingClientRect();
              if (child instanceof HTMLCanvasElement && box.width > 100 && box.height > 60) {
                found.canvas = { width: box.width, height: box.height };
              }
              if (child.shadowRoot) walk(child.shadowRoot);
              walk(child);
            } else if (child.nodeType === Node.TEXT_NODE) {
              found.text += child.textContent;
            }
          }
        };
        if (app.shadowRoot) walk(app.shadowRoot);
        walk(app);
        return found;
      })
      .catch(() => null);
    if (state?.canvas) return state.canvas;
    if (Date.now() > deadline) {
      const text = state?.text.replace(/\s+/g, ' ').trim().slice(0, 300) ?? 'nothing';
      throw new Error(`The profile editor shows no chart after a minute; it says: ${text}`);
    }
    await page.waitForTimeout(200);
  }
}

/**
 * The decorated lines of the visible text editors, as drawn: `{editor, line, text, label, background}`. `label` is the
 * text after the line's end, `background` the computed colour behind the line; both null where there is none.
 */
export async function decoratedLines(page) {
  return page.evaluate(() => {
    const lines = [];
    for (const editor of document.querySelectorAll('.editor-instance .monaco-editor')) {
      const name =
        editor.closest('.editor-instance')?.getAttribute('aria-label') ?? editor.getAttribute('data-uri') ?? '';
      const at = (element) => Math.round(Number.parseFloat(element.style.top));
      const numbers = new Map();
      for (const row of editor.querySelectorAll('.margin-view-overlays > div')) {
        const number = row.querySelector('.line-numbers')?.textContent;
        if (number) numbers.set(at(row), Number(number));
      }
      const backgrounds = new Map();
      const outlined = new Set();
      for (const row of editor.querySelectorAll('.view-overlays > div')) {
        for (const part of row.querySelectorAll('[class*="ced-"]')) {
          const colour = getComputedStyle(part).backgroundColor;
          if (colour !== 'rgba(0, 0, 0, 0)') backgrounds.set(at(row), colour);
          if (getComputedStyle(part).borderTopStyle === 'dashed') outlined.add(at(row));
        }
      }
      for (const row of editor.querySelectorAll('.view-lines > .view-line')) {
        let label = null;
        for (const part of row.querySelectorAll('[class*="ced-"]')) {
          const content = getComputedStyle(part, '::after').content;
          if (content !== 'none' && content !== 'normal' && content !== '""') {
            label = content.replace(/^"|"$/g, '').replaceAll('\\"', '"');
            // Blanks align labels in columns.
            label = label.replace(/\s+/g, ' ').trim();
          }
        }
        const background = backgrounds.get(at(row)) ?? null;
        if (label === null && background === null) continue;
        const text = (row.textContent ?? '').replaceAll('\u00a0', ' ');
        lines.push({
          editor: name,
          line: numbers.get(at(row)) ?? null,
          text,
          label,
          background,
          outlined: outlined.has(at(row)),
        });
      }
    }
    return lines.sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  });
}

/** Moves the pointer over a text in the visible editors and returns what the hover says. */
export async function hoverOver(page, text) {
  const row = page.locator('.monaco-editor .view-line').filter({ hasText: text }).first();
  await row.locator('span span').first().hover();
  // Not the tooltip of a button where the pointer was before; and not before the slowest provider has answered.
  const editorHover = page.locator('.monaco-hover:not(.workbench-hover):visible');
  await editorHover.locator('.hover-contents').first().waitFor({ timeout: patience });
  await editorHover.filter({ hasNotText: 'Loading...' }).first().waitFor({ timeout: patience });
  // A language's own hover may be there before Emberline's, which always tells a share.
  await editorHover
    .filter({ hasText: '% self' })
    .first()
    .waitFor({ timeout: 10_000 })
    .catch(() => {});
  return (await editorHover.allInnerTexts()).join('\n');
}

/** Saves a picture of the whole window. */
export async function screenshot(page, path) {
  await page.screenshot({ path, animations: 'disabled' });
  return path;
}

/** Full titles of the open tabs, in order. */
export async function tabs(page) {
  return page
    .locator('.tabs-container .tab')
    .evaluateAll((all) => all.map((tab) => tab.getAttribute('aria-label') ?? ''));
}

function exactly(text) {
  return new RegExp(`^\\s*${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\s*$`);
}
