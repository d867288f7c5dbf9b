/** Untrusted text for places that read `$(icon)`: shown as it is, on one line. */
export function plainStatusText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: taking them out is the point.
  return text.replace(/[\u0000-\u001f\u007f\u2028\u2029]+/g, ' ').replace(/\$\(/g, '$\u200b(');
}
