import { parseRecordedPath, type RecordedPath } from './recordedPath';

/** A row of the setting `emberline.pathMappings`, as written. */
export interface PathMapping {
  readonly from: string;
  readonly to: string;
}

/** A folder (or file) on this machine or in the workspace. */
export interface MappingTarget {
  /** URI of the workspace folder that `path` is below; null where `path` is absolute. */
  readonly folder: string | null;
  /** With `/`. */
  readonly path: string;
}

/** A mapping with its variables replaced. */
export interface ExpandedMapping {
  readonly mapping: PathMapping;
  readonly from: string;
  /** Several where `${workspaceFolder}` may mean any of several folders. */
  readonly targets: readonly MappingTarget[];
  /** Why the mapping says nothing; null where it does. */
  readonly problem: string | null;
}

/** What the variables of a mapping stand for. */
export interface MappingVariables {
  readonly folders: readonly { readonly name: string; readonly uri: string; readonly path: string }[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

const folderPrefix = /^\$\{workspaceFolder(?::([^}]*))?\}/;

/** Replaces `${workspaceFolder}`, `${workspaceFolder:name}`, `${env:NAME}`, `${userHome}` and a leading `~`. */
export function expandMapping(mapping: PathMapping, variables: MappingVariables): ExpandedMapping {
  const failed = (problem: string): ExpandedMapping => ({ mapping, from: '', targets: [], problem });
  let from: string;
  let to: string;
  const inFolder = folderPrefix.exec(mapping.to);
  try {
    from = comparable(replaceVariables(mapping.from, variables));
    to = replaceVariables(mapping.to.slice(inFolder?.[0].length ?? 0), variables).replaceAll('\\', '/');
  } catch (error) {
    return failed(error instanceof Error ? error.message : String(error));
  }
  const below = to.replace(/^\/+|\/+$/g, '');
  if (inFolder === null && /^(\/|[a-z]:)/i.test(to)) {
    return { mapping, from, targets: [{ folder: null, path: to }], problem: null };
  }
  const name = inFolder?.[1];
  const folders = name === undefined ? variables.folders : variables.folders.filter((folder) => folder.name === name);
  if (folders.length === 0) {
    return failed(name === undefined ? 'no folder is open' : `no workspace folder is named ${name}`);
  }
  const targets = folders.map(({ uri }) => ({ folder: uri, path: below }));
  return { mapping, from, targets, problem: null };
}

/** @throws Error with a sentence's part: which variable stands for nothing. */
function replaceVariables(text: string, { env, home, folders }: MappingVariables): string {
  return text
    .replace(/^~(?=$|[\\/])/, () => home)
    .replace(/\$\{([^}]*)\}/g, (variable: string, name: string) => {
      if (name === 'userHome') {
        return home;
      }
      const value = name.startsWith('env:')
        ? env[name.slice('env:'.length)]
        : name === 'workspaceFolder'
          ? folders[0]?.path
          : name.startsWith('workspaceFolder:')
            ? folders.find((folder) => folder.name === name.slice('workspaceFolder:'.length))?.path
            : undefined;
      if (value === undefined) {
        throw new Error(`${variable} stands for nothing here`);
      }
      return value;
    });
}

/**
 * Where a mapping leads a record, one path a target; null where its prefix is another. A prefix ends with a segment:
 * `/srv/app` is none of `/srv/application/a.ts`. Rests never lead out of the target (`..` ends at its top).
 *
 * @param spellings the record as it stands, and taken apart (also as a container's program saw it)
 */
export function applyMapping(
  { from, targets, problem }: ExpandedMapping,
  recorded: string,
  spellings: readonly RecordedPath[],
): readonly MappingTarget[] | null {
  if (problem !== null) {
    return null;
  }
  const texts = spellings.map(normalText);
  if (spellings[0]?.scheme) {
    texts.push(comparable(recorded.replace(/[?#].*$/s, '')));
  }
  for (const text of texts) {
    const start = text.slice(0, from.length);
    const same = start === from || (/^[a-z]:/i.test(from) && start.toLowerCase() === from.toLowerCase());
    if (!same || (text.length > from.length && text[from.length] !== '/')) {
      continue;
    }
    const rest: string[] = [];
    for (const part of text.slice(from.length).split('/')) {
      if (part === '..') {
        rest.pop();
      } else if (part !== '' && part !== '.') {
        rest.push(part);
      }
    }
    return targets.map(({ folder, path }) => ({
      folder,
      path: [path.replace(/\/+$/, ''), ...rest].filter((part, i) => i > 0 || part !== '' || folder === null).join('/'),
    }));
  }
  return null;
}

function normalText({ segments, rooted, drive }: RecordedPath): string {
  return `${drive === null ? '' : `${drive}:`}${rooted ? '/' : ''}${segments.join('/')}`;
}

/** With `/`, without one at the end. */
function comparable(text: string): string {
  return text.replaceAll('\\', '/').replace(/\/+$/, '');
}

/**
 * The folders that a record stands in, outermost first, each as a mapping's `from`, with what is below it.
 */
export function prefixesOf(recorded: string): { from: string; below: string }[] {
  const path = parseRecordedPath(recorded);
  const text = path?.scheme ? recorded.replace(/[?#].*$/s, '') : recorded;
  const prefixes: { from: string; below: string }[] = [];
  for (const { index } of text.matchAll(/[\\/]/g)) {
    const from = text.slice(0, index).replace(/(?<=.)[\\/]\.$/, '');
    const parts = text.slice(index + 1).split(/[\\/]/);
    // Not within a scheme, a drive or the slashes after them.
    if (
      path === null ||
      from === '' ||
      /(^|[:\\/.])$/.test(from) ||
      parts.some((part) => part === '' || part === '..')
    ) {
      continue;
    }
    const depth = parts.filter((part) => part !== '.').length;
    if (depth > 0 && prefixes.at(-1)?.from !== from) {
      prefixes.push({ from, below: path.segments.slice(-depth).join('/') });
    }
  }
  return prefixes;
}

/** A file that was found because it ends as the record does. */
export interface SuffixMatch {
  readonly recorded: string;
  /** Name of the workspace folder, and the file's path below it. */
  readonly folder: string;
  readonly relativePath: string;
}

export interface MappingSuggestion extends PathMapping {
  /** How many files speak for it. */
  readonly files: number;
}

/**
 * Mappings that say what matches by suffix have in common: where two files or more are recorded under one prefix and
 * found under one folder. Those with most files first.
 *
 * @param severalFolders whether the workspace folder must be named
 */
export function suggestMappings(matches: readonly SuffixMatch[], severalFolders: boolean): MappingSuggestion[] {
  const files = new Map<string, { mapping: PathMapping; recorded: Set<string> }>();
  for (const match of matches) {
    const found = prefixOf(match, severalFolders);
    if (found === null) {
      continue;
    }
    const key = JSON.stringify([found.from, found.to]);
    const known = files.get(key);
    if (known === undefined) {
      files.set(key, { mapping: found, recorded: new Set([match.recorded]) });
    } else {
      known.recorded.add(match.recorded);
    }
  }
  return [...files.values()]
    .filter(({ recorded }) => recorded.size >= 2)
    .map(({ mapping, recorded }) => ({ ...mapping, files: recorded.size }))
    .sort((a, b) => b.files - a.files || b.from.length - a.from.length);
}

// biome-ignore lint/suspicious/noTemplateCurlyInString: the setting's variable.
const wholeWorkspace = '${workspaceFolder}';

/** What stands before the common end of a record and the file that was found for it. */
function prefixOf({ recorded, folder, relativePath }: SuffixMatch, severalFolders: boolean): PathMapping | null {
  const text = /^[a-z][a-z\d+.-]+:/i.test(recorded) ? recorded.replace(/[?#].*$/s, '') : recorded;
  const file = relativePath.split('/');
  let end = text.length;
  let common = 0;
  while (common < file.length) {
    const from = Math.max(text.lastIndexOf('/', end - 1), text.lastIndexOf('\\', end - 1));
    const part = text.slice(from + 1, end);
    if (part.toLowerCase() !== file[file.length - 1 - common]!.toLowerCase()) {
      break;
    }
    common++;
    end = from;
    if (from < 0) {
      break;
    }
  }
  // A name that stands alone is no prefix's.
  const from = end <= 0 ? '' : text.slice(0, end).replace(/(?<=.)[\\/]\.$/, '');
  if (common === 0 || from === '' || /[:/\\]$/.test(from)) {
    return null;
  }
  const root = severalFolders ? `\${workspaceFolder:${folder}}` : wholeWorkspace;
  return { from, to: [root, ...file.slice(0, file.length - common)].join('/') };
}
