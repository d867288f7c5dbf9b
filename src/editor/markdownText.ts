const maxLength = 120;

/** Untrusted text as one plain line of Markdown, for link labels too: every character that Markdown reads is escaped. */
export function markdownText(text: string): string {
  const clipped = text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text;
  return (
    clipped
      // biome-ignore lint/suspicious/noControlCharactersInRegex: taking them out is the point.
      .replace(/[\u0000-\u001f\u007f\u2028\u2029]+/g, ' ')
      .replace(/&/g, '&amp;')
      .replace(/</g, '&lt;')
      .replace(/>/g, '&gt;')
      .replace(/[\\`*_{}[\]()#+\-.!|~$:@"'=/]/g, '\\$&')
  );
}

/** A `command:` link's address with its arguments, safe inside a Markdown link. */
export function commandLink(command: string, ...args: readonly unknown[]): string {
  const query = encodeURIComponent(JSON.stringify(args)).replace(
    /[()'*!]/g,
    (character) => `%${character.charCodeAt(0).toString(16)}`,
  );
  return `command:${command}?${query}`;
}
