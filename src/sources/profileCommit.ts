/** The commit that a profiled program was built of, as the profile says. */
export interface ProfileCommit {
  /** A commit's hash, or what else git knows it by: a tag, a branch. */
  readonly ref: string;
  /** Who says so: the label's name. */
  readonly from: string;
}

/** What a profile says in words: labels with their values, and notes (pprof's comments are among them). */
export interface ProfileWords {
  readonly labels: readonly { readonly key: string; readonly values: readonly { readonly value: string | null }[] }[];
  readonly notes: readonly string[];
}

/**
 * Names that commits go by, surest first: OpenTelemetry's `vcs.ref.head.revision`, Go's build info `vcs.revision`,
 * Pyroscope's `service_git_ref`, Datadog's and Sentry's `git.commit.sha`, and what people write.
 */
const names = [
  'vcs.ref.head.revision',
  'vcs.revision',
  'git.commit.sha',
  'git.commit.id',
  'git.commit',
  'service.git.ref',
  'git.revision',
  'git.sha',
  'git.ref',
  'commit.sha',
  'commit.hash',
  'build.commit',
  'commit',
  'revision',
];

/** No option, no range, no path: git takes it for a name. */
const ref = /^[0-9A-Za-z](?:[\w./+-]{0,199})$/;
/** Comments are anyone's words: only what cannot be another thing is taken from them. */
const inWords = /(?:^|[\s,;(])([A-Za-z][\w.-]{2,40})\s*[=:]\s*"?([0-9a-f]{7,64})\b/g;

/**
 * What the profile says about its commit; null where it says nothing. A label with several values (instances of several
 * builds) counts by its heaviest.
 */
export function profileCommit({ labels, notes }: ProfileWords): ProfileCommit | null {
  const found = new Map<string, ProfileCommit>();
  for (const { key, values } of labels) {
    const value = values.find((each) => each.value !== null && isRef(each.value))?.value;
    if (value) note(found, key, value);
  }
  for (const text of notes) {
    for (const [, key, value] of text.slice(0, 1000).matchAll(inWords)) note(found, key!, value!);
  }
  for (const name of names) {
    const commit = found.get(name);
    if (commit !== undefined) return commit;
  }
  return null;
}

export function isRef(text: string): boolean {
  return ref.test(text) && !text.includes('..') && !text.endsWith('.lock');
}

function note(found: Map<string, ProfileCommit>, key: string, value: string): void {
  const name = key.toLowerCase().replace(/[_-]/g, '.');
  if (!found.has(name)) found.set(name, { ref: value, from: key });
}
