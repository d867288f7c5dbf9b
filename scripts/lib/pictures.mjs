// Pictures of a part of the window, small enough to be kept in the repository.
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { relative } from 'node:path';
import { onPath } from './browser.mjs';

/** Of the window: without the activity bar pictures are 1200 pixels wide, their text readable where they are shown smaller. */
export const pictureSize = { width: 1012, height: 610 };
export const pictureScale = 1.25;

/**
 * Saves a picture of the window down to the lowest of what `locators` name, in pixels of the page, and no further than
 * `margin` below it; of the whole window without any. `from` names what the picture begins with.
 */
export async function savePicture(page, path, { from = null, locators = [], margin = 24 } = {}) {
  const size = page.viewportSize() ?? (await page.evaluate(() => ({ width: innerWidth, height: innerHeight })));
  const start = from === null ? { x: 0, y: 0 } : await page.locator(from).first().boundingBox();
  let bottom = 0;
  for (const locator of locators) {
    for (const one of await page.locator(locator).all()) {
      const box = await one.boundingBox();
      if (box !== null) bottom = Math.max(bottom, box.y + box.height);
    }
  }
  bottom = bottom === 0 ? size.height : Math.min(size.height, bottom + margin);
  const clip = { x: start.x, y: start.y, width: size.width - start.x, height: bottom - start.y };
  await page.screenshot({ path, clip, animations: 'disabled', caret: 'hide' });
  const colours = reduceColours(path);
  console.log(`  ${relative(process.cwd(), path)}, ${Math.round(statSync(path).size / 1000)} kB${colours}`);
}

/** To a palette of 256 where pngquant is installed: a third of the size. Says what is missing, else nothing. */
function reduceColours(path) {
  const tool = onPath('pngquant');
  if (tool === null) return ' (pngquant, when installed, makes it a third)';
  const done = spawnSync(tool, [
    '256',
    '--force',
    '--skip-if-larger',
    '--strip',
    '--speed',
    '1',
    '--output',
    path,
    path,
  ]);
  // 98: the smaller palette would have been larger.
  return done.status === 0 || done.status === 98 ? '' : ` (pngquant failed: ${done.stderr})`;
}
