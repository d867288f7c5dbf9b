// What is drawn in text editors.
import { patience } from './expected.mjs';

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

/**
 * Moves the pointer over a text in the visible editors and returns what the hover says. A line that is drawn anew under
 * the resting pointer loses its hover, or never has one: the pointer comes again then, as a person's would.
 */
export async function hoverOver(page, text) {
  const row = page.locator('.monaco-editor .view-line').filter({ hasText: text }).first();
  // Not the tooltip of a button where the pointer was before.
  const editorHover = page.locator('.monaco-hover:not(.workbench-hover):visible');
  const deadline = Date.now() + patience;
  do {
    await row.locator('span span').first().hover({ timeout: patience });
    const shown = await editorHover
      .locator('.hover-contents')
      .first()
      .waitFor({ timeout: 5000 })
      .then(
        () => true,
        () => false,
      );
    if (shown) {
      // Not before the slowest provider has answered; a language's own may be there before Emberline's, which always
      // tells a share.
      await editorHover
        .filter({ hasNotText: 'Loading...' })
        .filter({ hasText: '% self' })
        .first()
        .waitFor({ timeout: 10_000 })
        .catch(() => {});
      const said = (await editorHover.allInnerTexts()).join('\n');
      if (said.trim() !== '' && !said.includes('Loading...')) return said;
    }
    await page.mouse.move(5, 5);
  } while (Date.now() < deadline);
  throw new Error(`No hover is shown over "${text}".`);
}
