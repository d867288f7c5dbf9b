// Emberline's profile editor, a webview.
import { patience } from './expected.mjs';

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
