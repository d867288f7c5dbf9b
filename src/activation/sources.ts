import { join } from 'node:path';
import { EmbeddedSources } from '../editor/embeddedSources';
import { GitTexts } from '../editor/gitTexts';
import { LineTracker } from '../editor/lineTracker';
import { RecordedLineStore } from '../editor/recordedLineStore';
import { RecordedTexts } from '../editor/recordedTexts';
import { RememberedSources } from '../editor/rememberedSources';
import { WorkspaceFiles } from '../editor/workspaceFiles';
import { SourceResolver } from '../sources/sourceResolver';
import type { Essentials } from './essentials';

/** Which file a recorded path means, and where its recorded lines are now. */
export interface Sources {
  readonly remembered: RememberedSources;
  readonly embedded: EmbeddedSources;
  readonly files: WorkspaceFiles;
  readonly resolver: SourceResolver;
  readonly git: GitTexts;
  readonly texts: RecordedTexts;
  readonly tracker: LineTracker;
}

export function wireSources({ context, engine, output }: Essentials): Sources {
  const remembered = new RememberedSources(context.workspaceState);
  const { renamed } = remembered;
  const embedded = new EmbeddedSources(engine);
  const files = new WorkspaceFiles(renamed, embedded);
  const resolver = new SourceResolver(files, remembered, process.platform);
  const git = new GitTexts();
  const store = new RecordedLineStore(join((context.storageUri ?? context.globalStorageUri).fsPath, 'recordedLines'));
  const texts = new RecordedTexts({ engine, resolver, store, git, renamed, output });
  const tracker = new LineTracker(texts);
  context.subscriptions.push(embedded, files, texts, tracker);
  return { remembered, embedded, files, resolver, git, texts, tracker };
}
