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
