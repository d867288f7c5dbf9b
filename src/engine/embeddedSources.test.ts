import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Engine } from './engine';
import { nodePlatform } from './nodePlatform';

it('answers the text in the source maps of open profiles, and no other file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'emberline-embedded-'));
  try {
    const map = {
      version: 3,
      sources: ['src/gone.ts'],
      sourcesContent: ['// the text\n'],
      names: [],
      mappings: 'AAAA',
    };
    writeFileSync(join(folder, 'app.js'), 'work();\n//# sourceMappingURL=app.js.map\n');
    writeFileSync(join(folder, 'app.js.map'), JSON.stringify(map));
    writeFileSync(join(folder, 'src.ts'), 'secret');
    const callFrame = { scriptId: '1', lineNumber: 0, columnNumber: 0 };
    const cpuprofile = {
      nodes: [
        { id: 1, callFrame: { ...callFrame, functionName: '(root)', url: '' }, children: [2] },
        { id: 2, callFrame: { ...callFrame, functionName: 'work', url: `file://${join(folder, 'app.js')}` } },
      ],
      startTime: 0,
      endTime: 2000,
      samples: [2, 2],
      timeDeltas: [1000, 1000],
    };
    const engine = new Engine(nodePlatform);
    const bytes = new TextEncoder().encode(JSON.stringify(cpuprofile));
    const { profile } = await engine.request('open', { source: { kind: 'bytes', bytes }, name: 'a.cpuprofile' });
    const gone = join(folder, 'src', 'gone.ts');
    expect(await engine.request('embeddedSources', {})).toEqual([gone]);
    expect(await engine.request('embeddedSource', { file: gone })).toBe('// the text\n');
    expect(await engine.request('embeddedSource', { file: join(folder, 'src.ts') })).toBeNull();
    await engine.request('close', { profile });
    expect(await engine.request('embeddedSources', {})).toEqual([]);
    expect(await engine.request('embeddedSource', { file: gone })).toBeNull();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
