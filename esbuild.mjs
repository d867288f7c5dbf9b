// Builds everything that ships (dist/) and, with --tests, the suites that run inside VS Code (dist-test/).
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import * as esbuild from 'esbuild';

const watch = process.argv.includes('--watch');
const development = watch || process.argv.includes('--dev');
const tests = process.argv.includes('--tests');

const { version } = JSON.parse(await readFile('package.json', 'utf8'));

/** @type {import('esbuild').BuildOptions} */
const common = {
  bundle: true,
  minify: !development,
  sourcemap: development ? 'linked' : false,
  legalComments: 'none',
  logLevel: 'warning',
  // Class names reach the user in errors and the output channel.
  keepNames: true,
};

/** @type {import('esbuild').BuildOptions} */
const node = { ...common, platform: 'node', target: 'node20', format: 'cjs' };

/** @type {import('esbuild').BuildOptions} */
const extension = {
  ...node,
  entryPoints: { extension: 'src/extension.ts' },
  outdir: 'dist',
  external: ['vscode'],
};

/** @type {import('esbuild').BuildOptions[]} */
const targets = [
  ...(development ? [extension] : []),
  { ...node, entryPoints: { engineWorker: 'src/engine/engineWorker.ts' }, outdir: 'dist' },
  {
    ...node,
    entryPoints: { cli: 'src/cli.ts' },
    outdir: 'dist',
    banner: { js: '#!/usr/bin/env node' },
    define: { EMBERLINE_VERSION: JSON.stringify(version) },
  },
  { ...node, entryPoints: { mcp: 'src/commandLine/mcpServer.ts' }, outdir: 'dist' },
  {
    ...common,
    keepNames: false,
    platform: 'browser',
    target: 'chrome128',
    format: 'iife',
    entryPoints: { profile: 'webview/main.ts' },
    outdir: 'dist/webview',
    tsconfig: 'tsconfig.json',
  },
  {
    ...common,
    keepNames: false,
    sourcemap: false,
    platform: 'browser',
    target: 'es2022',
    format: 'iife',
    // The library's style sheet would be a file of its own; the page brings its styles.
    loader: { '.css': 'empty' },
    entryPoints: { flamePage: 'webview/flamePage/main.ts' },
    outdir: 'dist',
  },
];
if (tests) {
  const folder = 'test/vscode';
  const vscodeTests = (await readdir(folder))
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => `${folder}/${name}`);
  // A test that is no more must not be run.
  await rm('dist-test/vscode', { recursive: true, force: true });
  targets.push({
    ...node,
    minify: false,
    // The UI driver sends functions as source text: they must not call esbuild's helpers.
    keepNames: false,
    sourcemap: 'inline',
    entryPoints: ['test/vscode/index.ts', ...vscodeTests],
    outdir: 'dist-test/vscode',
    external: ['vscode', 'mocha'],
  });
}

await mkdir('dist/webview', { recursive: true });
await cp('node_modules/@vscode/codicons/dist/codicon.ttf', 'dist/webview/codicon.ttf');
await cp('node_modules/@vscode/codicons/dist/codicon.css', 'dist/webview/codicon.css');

if (watch) {
  for (const target of targets) {
    const context = await esbuild.context(target);
    await context.watch();
  }
  console.log('watching');
} else {
  const parts = development ? [] : [buildInParts(extension, 'dist/parts')];
  await Promise.all([...targets.map((target) => esbuild.build(target)), ...parts]);
}

/**
 * What is reached by `import()` only gets files of its own, in `folder`, and is loaded when it is wanted. esbuild splits
 * only modules of the ES kind, which VS Code does not load: each file is made a CommonJS one afterwards.
 */
async function buildInParts(target, folder) {
  const { outputFiles, metafile } = await esbuild.build({
    ...target,
    format: 'esm',
    splitting: true,
    chunkNames: 'parts/[name]-[hash]',
    write: false,
    metafile: true,
  });
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await Promise.all(
    outputFiles.map(async ({ path, text }) => {
      const { code } = await esbuild.transform(text, {
        format: 'cjs',
        platform: 'node',
        target: target.target,
        minify: target.minify,
        supported: { 'dynamic-import': false },
      });
      await writeFile(path, code);
    }),
  );
  await writeFile(`${folder}/atActivation.json`, JSON.stringify(loadedAtOnce(metafile)));
}

/** The files that are loaded with the entry point, for `npm run check` to weigh. */
function loadedAtOnce({ outputs }) {
  const loaded = new Set(Object.keys(outputs).filter((path) => outputs[path].entryPoint === 'src/extension.ts'));
  for (const path of loaded) {
    for (const { path: other, kind } of outputs[path].imports) {
      if (kind === 'import-statement' && other in outputs) loaded.add(other);
    }
  }
  return [...loaded];
}
