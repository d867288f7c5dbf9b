import * as v from 'valibot';
import type { SourceMemory } from './rememberedSources';

const key = 'emberline.renamedFiles';
const most = 500;
const schema = v.array(v.tuple([v.string(), v.string()]));

/**
 * Files and folders that were renamed since they were profiled, as URIs. A name counts only where no file has the former
 * one: whoever asks looks at that first.
 */
export class RenamedFiles {
  /** The name now by former name; neither ends with a slash. */
  private readonly names: Map<string, string>;

  constructor(private readonly memory: SourceMemory) {
    const stored = v.safeParse(schema, memory.get(key));
    this.names = new Map(stored.success ? stored.output : []);
  }

  add(former: string, now: string): void {
    if (former === now || this.names.get(former) === now) return;
    for (const [first, last] of this.names) {
      if (last === former || last.startsWith(`${former}/`)) this.set(first, now + last.slice(former.length));
    }
    this.set(former, now);
    // What was renamed to a name that was left has that name.
    this.names.delete(now);
    for (const oldest of this.names.keys()) {
      if (this.names.size <= most) break;
      this.names.delete(oldest);
    }
    void this.memory.update(key, [...this.names]);
  }

  /** What a file that had this name is called now; null where no renaming is known. */
  now(former: string): string | null {
    const exact = this.names.get(former);
    if (exact !== undefined) return exact;
    for (const [folder, last] of this.names) {
      if (former.startsWith(`${folder}/`)) return last + former.slice(folder.length);
    }
    return null;
  }

  /** The names that a file had. */
  formerly(now: string): string[] {
    return [...this.names].flatMap(([former, last]) =>
      last === now ? [former] : now.startsWith(`${last}/`) ? [former + now.slice(last.length)] : [],
    );
  }

  /** Files that once had this name without folders (in lower case): as they were called, and now. */
  formerNamed(name: string): { former: string; now: string }[] {
    return [...this.names]
      .map(([former, now]) => ({ former, now }))
      .filter(({ former }) => decodeURIComponent(former.slice(former.lastIndexOf('/') + 1)).toLowerCase() === name);
  }

  clear(): void {
    this.names.clear();
    void this.memory.update(key, undefined);
  }

  private set(former: string, now: string): void {
    this.names.delete(former);
    if (former !== now) this.names.set(former, now);
  }
}
