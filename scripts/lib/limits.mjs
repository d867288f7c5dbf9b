/** What the bundles may weigh, in bytes: they are loaded at activation and with every profile editor. */
export const bundleLimits = [
  { file: 'dist/extension.js', limit: 400_000 },
  { file: 'dist/webview/profile.js', limit: 350_000 },
];

/** What the packaged extension may weigh, in bytes. */
export const vsixLimit = 1_500_000;
