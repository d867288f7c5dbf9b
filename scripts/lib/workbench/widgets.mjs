// What lies over the window for a while.
import { patience } from './expected.mjs';

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
 * Chooses an item of the context menu of what `target` locates; `look` is called while the menu is open. A menu takes no
 * choice for a moment after it has opened, and what is drawn anew under it closes it: it is tried until it has closed on
 * the choice.
 */
export async function chooseFromContextMenu(page, target, name, look = async () => {}) {
  const item = page.locator('a.action-menu-item', { hasText: name }).first();
  const deadline = Date.now() + patience;
  do {
    await target.click({ button: 'right' });
    try {
      await item.hover({ timeout: 5000 });
      await look();
      for (let i = 0; i < 5; i++) {
        await page.waitForTimeout(500);
        await item.hover({ timeout: 1000 });
        await page.keyboard.press('Enter');
        const chosen = await item.waitFor({ state: 'hidden', timeout: 2000 }).then(
          () => true,
          () => false,
        );
        if (chosen) return;
      }
    } catch {
      // Closed before anything was chosen.
    }
    await page.keyboard.press('Escape');
  } while (Date.now() < deadline);
  throw new Error(`The context menu did not take "${name}".`);
}
