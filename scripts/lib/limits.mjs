/** What is loaded at activation (the parts of the bundle that it needs, too) and with every profile editor may weigh, in bytes. */
export const bundleLimits = [
  { file: 'dist/extension.js', parts: 'dist/parts/atActivation.json', limit: 400_000 },
  { file: 'dist/webview/profile.js', limit: 350_000 },
];

/** What the packaged extension may weigh, in bytes. */
export const vsixLimit = 1_500_000;
