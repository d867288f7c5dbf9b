/** A command line in its parts. */
export interface SplitCommand {
  /** Variables that are set before the program: `NAME=value program`. */
  readonly env: Readonly<Record<string, string>>;
  readonly args: readonly string[];
}

/**
 * Splits a command line as a POSIX shell does, without its operators and substitutions: quotes, backslashes, leading
 * assignments. On Windows a backslash is a letter.
 * @throws Error with a sentence where it needs a shell, or a quote is open
 */
export function splitCommand(text: string, windows = process.platform === 'win32'): SplitCommand {
  const words: string[] = [];
  let word: string | null = null;
  for (let i = 0; i < text.length; i++) {
    const letter = text[i]!;
    if (letter === "'" || letter === '"') {
      word ??= '';
      for (i++; text[i] !== letter; i++) {
        if (i >= text.length) throw new Error(`The command has an open ${letter}: close it.`);
        const next = text[i + 1];
        if (letter === '"' && text[i] === '\\' && next !== undefined && '"\\$`'.includes(next) && !windows) i++;
        else if (letter === '"' && (text[i] === '`' || (text[i] === '$' && next === '('))) throw needsShell(text[i]!);
        word += text[i];
      }
    } else if (letter === '\\' && !windows && i + 1 < text.length) {
      word = (word ?? '') + text[++i];
    } else if (/\s/.test(letter)) {
      if (word !== null) words.push(word);
      word = null;
    } else if ('|&;<>`'.includes(letter) || (letter === '$' && text[i + 1] === '(')) {
      throw needsShell(letter);
    } else {
      word = (word ?? '') + letter;
    }
  }
  if (word !== null) words.push(word);
  const env: Record<string, string> = {};
  let first = 0;
  for (; first < words.length; first++) {
    const match = /^([A-Za-z_]\w*)=(.*)$/s.exec(words[first]!);
    if (match === null) break;
    env[match[1]!] = match[2]!;
  }
  const args = words.slice(first);
  if (args.length === 0) throw new Error('The command names no program: write for example "node server.js".');
  return { env, args };
}

function needsShell(operator: string): Error {
  return new Error(
    `The command needs a shell for its "${operator}", and one program is profiled at a time: put it into a script, or quote it.`,
  );
}

/** The command line that `splitCommand` splits into these. */
export function joinCommand(args: readonly string[]): string {
  return args.map((arg) => (/^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", `'\\''`)}'`)).join(' ');
}
