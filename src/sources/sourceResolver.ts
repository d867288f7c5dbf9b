import { applyMapping, type ExpandedMapping } from './pathMappings';
import { parseRecordedPath, type RecordedPath } from './recordedPath';
import { insideContainer } from './rules/containerRoot';
import { isAtKotlinRoot, jvmFileNames } from './rules/jvmNames';
import type { Guess, PathRule, RootKind } from './rules/rule';
import { lastRules, pathRules } from './rules/rules';

/** A file in a workspace folder. */
export interface WorkspaceFile {
  /** URI as text: the identity of the file. */
  readonly uri: string;
  /** Path below its workspace folder, with `/`. */
  readonly relativePath: string;
  /** Name of that folder. */
  readonly folder: string;
}

/** A folder that guesses of a kind start at. */
export interface SourceRoot {
  /** URI of the folder, as text. */
  readonly uri: string;
  /** For people: its path. */
  readonly label: string;
  /** A guess is below this root where it starts with this (a Go module's name), which is then left out. */
  readonly prefix?: string;
}

/** What the resolver asks of the world. */
export interface SourceFiles {
  /**
   * The URI of a regular file, null where there is none.
   * @param path absolute on this machine, or below `folder` (a URI)
   */
  fileAt(path: string, folder?: string): Promise<string | null>;
  /** The URI of an open document that is no file of its own but what the record names: a notebook's cell. */
  documentOf(recorded: string): string | null;
  /** The URI of a read-only document with the text that a source map of an open profile has of the record. */
  embedded(recorded: string): Promise<string | null>;
  /** Workspace files whose name without folders equals `name`, upper and lower case alike. */
  workspaceFilesNamed(name: string, inPackages: boolean): Promise<readonly WorkspaceFile[]>;
  /** The folders of a kind; looked for when first asked. */
  roots(kind: RootKind): Promise<readonly SourceRoot[]>;
  /** The user's mappings, in their order. */
  mappings(): readonly ExpandedMapping[];
}

/** What the user once answered, by recorded path. */
export interface SourceChoices {
  get(recorded: string): string | undefined;
  set(recorded: string, uri: string): void;
}

export type Resolution =
  | {
      readonly kind: 'found';
      readonly uri: string;
      readonly how: 'remembered' | 'mapping' | 'exact' | 'rule' | 'suffix' | 'embedded';
      /** The workspace file that ends as the record does; null where it was found otherwise. */
      readonly match: WorkspaceFile | null;
    }
  /** Several files fit equally well, or one fits only by its name: for the user to say. */
  | { readonly kind: 'ambiguous'; readonly candidates: readonly WorkspaceFile[] }
  | { readonly kind: 'missing' };

/** One thing that was tried, for people. */
export interface Attempt {
  /** The rule: "Exact path", "Go module cache". */
  readonly rule: string;
  /** What it led to: a path, or what is missing for it. */
  readonly led: string;
  readonly found: boolean;
}

/** How a record was resolved: all that was tried, in order. */
export interface Explanation {
  readonly resolution: Resolution;
  readonly attempts: readonly Attempt[];
}

const maxCandidates = 50;
/** Records whose answers are kept: more than are looked at together, fewer than a profile may have. */
const maxAnswers = 1000;

/**
 * Finds the file that a profile's recorded path means on this machine, now: the remembered answer, else the first of
 * the user's mappings that leads to a file, else the exact path, else what the rules of `rules/` say, else the workspace
 * file that shares the longest run of last path segments with it.
 *
 * A file that shares nothing but its name (`/app/lib/main.js` and `tools/main.js`) may be another one altogether, so
 * it is offered, never taken. A match counts when two segments agree, when the workspace file lies at the top of its
 * folder (all of its path agrees) and the record is no library's, or when the record has no more segments than agree.
 *
 * Only where no file is found, nor any that the user could mean, the text in the source map is taken.
 *
 * The latest answers are kept until `forget`.
 */
export class SourceResolver {
  private readonly answers = new Map<string, Promise<Explanation>>();

  constructor(
    private readonly files: SourceFiles,
    private readonly choices: SourceChoices,
    private readonly platform: NodeJS.Platform,
  ) {}

  async resolve(recorded: string): Promise<Resolution> {
    return (await this.explain(recorded)).resolution;
  }

  /** The same answer, with all that was tried. */
  explain(recorded: string): Promise<Explanation> {
    // Not kept: documents open and close, and cells are edited.
    const document = this.files.documentOf(recorded);
    if (document !== null) {
      return Promise.resolve({
        resolution: { kind: 'found', uri: document, how: 'exact', match: null },
        attempts: [{ rule: 'Notebook cell', led: document, found: true }],
      });
    }
    return this.explainFile(recorded).then((found) => this.orEmbedded(recorded, found));
  }

  /** The text in the source map: not kept, as profiles open and close. */
  private async orEmbedded(recorded: string, found: Explanation): Promise<Explanation> {
    const uri = found.resolution.kind === 'missing' ? await this.embedded(recorded) : null;
    if (uri === null) {
      return found;
    }
    const attempt = { rule: 'Text in the source map', led: recorded, found: true };
    return {
      resolution: { kind: 'found', uri, how: 'embedded', match: null },
      attempts: [...found.attempts, attempt],
    };
  }

  private explainFile(recorded: string): Promise<Explanation> {
    let answer = this.answers.get(recorded);
    if (answer === undefined) {
      answer = this.find(recorded);
      if (this.answers.size >= maxAnswers) {
        this.answers.delete(this.answers.keys().next().value!);
      }
      this.answers.set(recorded, answer);
      answer.catch(() => this.answers.delete(recorded));
    }
    return answer;
  }

  /** The URI of the text that a source map of an open profile has of a record, whatever file it may be found in. */
  embedded(recorded: string): Promise<string | null> {
    return this.files.embedded(recorded);
  }

  /** Remembers that `recorded` means `uri`. */
  choose(recorded: string, uri: string): void {
    this.choices.set(recorded, uri);
    this.answers.delete(recorded);
  }

  /** To be called when files came or went, mappings changed, or choices were cleared. */
  forget(): void {
    this.answers.clear();
  }

  private async find(recorded: string): Promise<Explanation> {
    const attempts: Attempt[] = [];
    const chosen = this.choices.get(recorded);
    if (chosen !== undefined) {
      attempts.push({ rule: 'Chosen file', led: chosen.replace(/^file:\/\//, ''), found: true });
      return { resolution: { kind: 'found', uri: chosen, how: 'remembered', match: null }, attempts };
    }
    const path = parseRecordedPath(recorded, this.platform);
    if (path === null) {
      return { resolution: { kind: 'missing' }, attempts };
    }
    const resolution =
      (await this.findOutside(recorded, path, attempts)) ??
      (await this.reroot(insideContainer(path) ?? path, attempts));
    return { resolution, attempts };
  }

  /** By mappings, the exact path and the rules; null where none leads to a file. */
  private async findOutside(recorded: string, path: RecordedPath, attempts: Attempt[]): Promise<Resolution | null> {
    const inner = insideContainer(path);
    const mapped = await this.byMapping(recorded, inner === null ? [path] : [path, inner], attempts);
    if (mapped !== null) {
      return { kind: 'found', uri: mapped, how: 'mapping', match: null };
    }
    for (const [rule, spelling] of [
      ['Exact path', path],
      ['Path inside the container', inner],
    ] as const) {
      if (spelling === null || spelling.absolute === null) {
        continue;
      }
      const exact = await this.files.fileAt(spelling.absolute);
      attempts.push({ rule, led: spelling.absolute, found: exact !== null });
      if (exact !== null) {
        return { kind: 'found', uri: exact, how: 'exact', match: null };
      }
    }
    return this.byRules(pathRules, inner ?? path, attempts);
  }

  /** The first mapping with the record's prefix decides; where its file does not exist, the search goes on without. */
  private async byMapping(
    recorded: string,
    spellings: readonly RecordedPath[],
    attempts: Attempt[],
  ): Promise<string | null> {
    for (const mapping of this.files.mappings()) {
      const targets = applyMapping(mapping, recorded, spellings);
      if (targets === null) {
        continue;
      }
      for (const { folder, path } of targets) {
        const uri = await this.files.fileAt(path, folder ?? undefined);
        const led = `${mapping.mapping.from} → ${mapping.mapping.to}: ${path}`;
        attempts.push({ rule: 'Path mapping', led, found: uri !== null });
        if (uri !== null) {
          return uri;
        }
      }
      return null;
    }
    return null;
  }

  private async byRules(
    rules: readonly PathRule[],
    path: RecordedPath,
    attempts: Attempt[],
  ): Promise<Resolution | null> {
    for (const rule of rules) {
      for (const guess of rule.guess(path)) {
        const uri = await this.follow(rule.title, guess, attempts);
        if (uri !== null) {
          return { kind: 'found', uri, how: 'rule', match: null };
        }
      }
    }
    return null;
  }

  private async follow(rule: string, { root, path }: Guess, attempts: Attempt[]): Promise<string | null> {
    if (root === 'disk') {
      const uri = await this.files.fileAt(path);
      attempts.push({ rule, led: path, found: uri !== null });
      return uri;
    }
    const roots = await this.files.roots(root);
    if (roots.length === 0 && root !== 'workspace') {
      attempts.push({ rule, led: noRoot[root], found: false });
    }
    for (const { uri: folder, label, prefix } of roots) {
      if (prefix !== undefined && !path.startsWith(`${prefix}/`)) {
        continue;
      }
      const below = prefix === undefined ? path : path.slice(prefix.length + 1);
      const uri = await this.files.fileAt(below, folder);
      attempts.push({ rule, led: `${label}/${below}`, found: uri !== null });
      if (uri !== null) {
        return uri;
      }
    }
    return null;
  }

  private async reroot(path: RecordedPath, attempts: Attempt[]): Promise<Resolution> {
    const rule = 'Workspace file with the same end';
    const names = jvmFileNames(path.segments.at(-1)!);
    const inPackages = path.segments.includes('node_modules');
    let best: readonly WorkspaceFile[] = [];
    let bestScore = 0;
    for (const name of names) {
      const segments = path.segments.with(-1, name);
      const found = bestBySuffix(segments, await this.files.workspaceFilesNamed(name, inPackages));
      if (found.score > bestScore) {
        best = preferred(segments, found.files);
        bestScore = found.score;
      }
    }
    const library = pathRules.some((each) => each.library && each.guess(path).length > 0);
    const only = best.length === 1 ? best[0]! : null;
    const sure = only !== null && isSure(path, only, bestScore, library);
    // A name alone is less than a module of that folder and name.
    const last =
      sure && (bestScore > 1 || path.segments.length === 1) ? null : await this.byRules(lastRules, path, attempts);
    if (sure && last === null) {
      attempts.push({ rule, led: only.relativePath, found: true });
      return { kind: 'found', uri: only.uri, how: 'suffix', match: only };
    }
    if (last !== null) {
      return last;
    }
    const led =
      best.length === 0
        ? `no workspace file is named ${names[0]!}`
        : only === null
          ? `${best.length} files fit equally well`
          : `only the name agrees with ${only.relativePath}`;
    attempts.push({ rule, led, found: false });
    return best.length === 0 ? { kind: 'missing' } : { kind: 'ambiguous', candidates: best.slice(0, maxCandidates) };
  }
}

const noRoot: Readonly<Record<Exclude<RootKind, 'disk' | 'workspace'>, string>> = {
  goModule: 'the workspace has no go.mod',
  goRoot: 'no Go installation is known',
  goModuleCache: 'no Go module cache is known',
  sitePackages: 'the workspace has no Python environment',
  pythonLibrary: 'no Python installation is known',
  bazelOutput: 'the workspace has no bazel-* folders',
  rustLibrary: 'the Rust component rust-src is not installed',
  cargoCrates: 'no crates are unpacked here',
};

/** Names (in lower case) that the file of a record may have: what a document's name is looked up by. */
export function namesOfRecord(recorded: string): readonly string[] {
  const name = parseRecordedPath(recorded)?.segments.at(-1);
  return name === undefined ? [] : [...new Set(jvmFileNames(name).map((each) => each.toLowerCase()))];
}

/** The files that share most last segments, and how many those are. */
function bestBySuffix(
  segments: readonly string[],
  files: readonly WorkspaceFile[],
): { files: readonly WorkspaceFile[]; score: number } {
  let best: WorkspaceFile[] = [];
  let score = 0;
  for (const file of files) {
    const common = commonSuffix(segments, file.relativePath.split('/'));
    if (common > score) {
      best = [file];
      score = common;
    } else if (common === score && common > 0) {
      best.push(file);
    }
  }
  return { files: best, score };
}

const built = /(^|\/)(build|target|out|dist|bazel-[\w-]+)\//;

/** Of files that end alike: the one in the folder that the record names before, of the same case, or not built. */
function preferred(segments: readonly string[], files: readonly WorkspaceFile[]): readonly WorkspaceFile[] {
  const tests: ((file: WorkspaceFile) => boolean)[] = [
    (file) => segments.at(-1) === file.relativePath.split('/').at(-1),
    ({ folder, relativePath }) => {
      const path = [folder, ...relativePath.split('/')];
      return commonSuffix(segments, path) === path.length;
    },
    ({ relativePath }) => !built.test(relativePath),
  ];
  for (const test of files.length > 1 ? tests : []) {
    const passed = files.filter(test);
    if (passed.length === 1) {
      return passed;
    }
  }
  return files;
}

function isSure(path: RecordedPath, file: WorkspaceFile, score: number, library: boolean): boolean {
  const relative = file.relativePath.split('/');
  return (
    score >= 2 ||
    (!library && score === relative.length) ||
    (!path.rooted && score === path.segments.length) ||
    isAtKotlinRoot(relative)
  );
}

/** How many last segments agree, upper and lower case alike (the record may come from another kind of machine). */
function commonSuffix(a: readonly string[], b: readonly string[]): number {
  let count = 0;
  while (count < a.length && count < b.length && sameText(a[a.length - 1 - count]!, b[b.length - 1 - count]!)) {
    count++;
  }
  return count;
}

function sameText(a: string, b: string): boolean {
  return a === b || (a.length === b.length && a.toLowerCase() === b.toLowerCase());
}
