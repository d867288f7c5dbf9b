// Notifications, shown or waiting behind the bell.
import { runCommand } from './commandPalette.mjs';
import { exactly, patience } from './expected.mjs';

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
    const deadline = Date.now() + patience;
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
