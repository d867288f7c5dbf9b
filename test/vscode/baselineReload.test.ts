import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, folded } from './comparedProgram';
import { ui } from './driver';
import { writeWorkspace } from './workspaceFolder';

suite('Baseline', () => {
  test('is remembered over a reload of the window', async function () {
    this.timeout(400_000);
    const own = writeWorkspace('baselineReload', {
      'first.folded': folded('/baseline', before),
      'second.folded': folded('/baseline', after),
    });
    const shown = await ui(
      async (page, { own, picture }, tools) => {
        void page;
        const window = await tools.openWindow(own);
        try {
          await tools.waitForEmberline(window);
          await tools.openFromExplorer(window, 'first.folded');
          await tools.runCommand(window, 'Emberline: Set as Baseline');
          await tools.waitForStored(window, 'emberline.baseline');
          await tools.runCommand(window, 'View: Close All Editors');
          await window.reload();
          await tools.waitForEmberline(window);
          await tools.openFromExplorer(window, 'second.folded');
          const item = window.locator('.statusbar-item', { hasText: 'vs first.folded' });
          await item.waitFor({ timeout: 30_000 });
          return await item.textContent();
        } catch (error) {
          await window.screenshot({ path: picture });
          throw error;
        } finally {
          await window.close();
        }
      },
      { own, picture: join(process.env['EMBERLINE_TEST_OUTPUT'] ?? tmpdir(), 'baseline-second-window.png') },
    );
    assert.match(shown ?? '', /vs first\.folded/);
  });
});
