/** What the shell needs of `vscode.Webview` and the extension. */
export interface HtmlSources {
  readonly cspSource: string;
  readonly script: string;
  readonly codicons: string;
  /** Random per page. */
  readonly nonce: string;
}

/**
 * The profile editor's page: only our script runs, nothing is fetched, and no text of a profile is in it: names come
 * as messages and are set as text. Style attributes are allowed because the components set them.
 */
export function profileHtml({ cspSource, script, codicons, nonce }: HtmlSources): string {
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource} 'unsafe-inline'`,
    `font-src ${cspSource}`,
    `img-src ${cspSource} data:`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="UTF-8">
  <meta http-equiv="Content-Security-Policy" content="${policy}">
  <meta name="viewport" content="width=device-width, initial-scale=1.0">
  <title>Emberline</title>
  <link id="vscode-codicon-stylesheet" rel="stylesheet" href="${codicons}" nonce="${nonce}">
</head>
<body>
  <emberline-app></emberline-app>
  <script nonce="${nonce}" src="${script}"></script>
</body>
</html>`;
}
