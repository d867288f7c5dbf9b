import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { paletteOffers, statusBarItems } from './driver';

suite('Emberline in the window', () => {
  test('is installed and does nothing before it is asked', async () => {
    const extension = vscode.extensions.getExtension('emberline.emberline');
    assert.ok(extension, 'the extension is not there');
    assert.equal(extension.isActive, false);
    const shown = (await statusBarItems()).map((item) => item.text);
    assert.ok(shown.length > 0, 'the status bar is empty');
    assert.deepEqual(
      shown.filter((text) => /emberline|heat/i.test(text)),
      [],
    );
  });

  test('offers its commands in the palette', async () => {
    for (const title of ['Emberline: Profile Debug Target', 'Emberline: Open Profile…', 'Emberline: Show Output']) {
      const offered = await paletteOffers(title);
      assert.ok(offered.includes(title), `${title} is not among ${offered.join(', ')}`);
    }
    // Nothing is profiled, so there is nothing to stop.
    const offered = await paletteOffers('Emberline: Stop');
    assert.ok(!offered.includes('Emberline: Stop Profiling'), offered.join(', '));
  });
});
