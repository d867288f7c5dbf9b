import { functionLine } from '../analysis/functionLine';
import { matchFunctions } from '../analysis/nameFilter';
import { matchedValue } from '../analysis/search';
import { describeFunction, listTop } from '../analysis/top';
import { type FoldedStacks, type FoldJob, foldStacks } from '../endpoints/nylasText';
import { mergeProfiles } from '../profile/mergeProfiles';
import { readEmbeddedSource } from '../sources/sourceMaps';
import { changedRows, hotRows, neighbours } from './agentRequests';
import { comparedView } from './comparedView';
import { describeView, diffRequest } from './diffRequest';
import { encodeProfile, listEncodingsFor } from './encodeProfile';
import type {
  EngineApi,
  EngineMethod,
  EngineParams,
  EngineResult,
  OpenParams,
  ProfileSummary,
  RequestOptions,
} from './engineApi';
import type { EnginePlatform } from './enginePlatform';
import { fileFunctions } from './fileFunctionRequests';
import { flameWindow, frameDetails, frameParents } from './flameRequests';
import type { SearchParams, SearchResult } from './functionApi';
import { functionTable } from './functionTableRequest';
import { hotPathFrom, hottestLines } from './hottestRequests';
import { lineFunctions } from './lineFunctions';
import { fileLines, hotFiles, lineDetails, viewTotals } from './lineRequests';
import { OpenProfile } from './openProfile';
import { readProfile } from './readProfile';
import { selection } from './selectionRequest';
import { shorten } from './shorten';
import type { TopParams, TopResult } from './topApi';

/** What a request may use while it runs. */
export interface EngineTask {
  /** Reports progress. @throws AbortError when the request was cancelled. */
  checkpoint(fraction: number | null, what: string): void;
}

type Handlers = { [M in EngineMethod]: (params: EngineParams<M>, task: EngineTask) => EngineResult<M> };

/**
 * Owns open profiles and answers requests. Runs in a worker thread under the extension host (`EngineClient` is its
 * other end), and in-process for the CLI and in tests.
 */
export class Engine implements EngineApi {
  private readonly open = new Map<number, OpenProfile>();
  private nextId = 1;

  constructor(private readonly platform: EnginePlatform) {}

  /** Runs a request; synchronous work inside, so that a worker runs one at a time. */
  async request<M extends EngineMethod>(
    method: M,
    params: EngineParams<M>,
    options: RequestOptions = {},
  ): Promise<EngineResult<M>> {
    return this.run(method, params, {
      checkpoint: (fraction, what) => {
        options.signal?.throwIfAborted();
        options.onProgress?.(fraction, what);
      },
    });
  }

  /** @throws whatever the request throws: errors whose messages are sentences for the user. */
  run<M extends EngineMethod>(method: M, params: EngineParams<M>, task: EngineTask): EngineResult<M> {
    return this.handlers[method](params, task);
  }

  dispose(): void {
    this.open.clear();
  }

  private readonly handlers: Handlers = {
    open: (params, task) => this.openProfile(params, task),
    merge: ({ profiles, name }) => this.merge(profiles, name),
    close: ({ profile }) => {
      const closed = this.open.get(profile);
      this.open.delete(profile);
      if (closed !== undefined) for (const open of this.open.values()) open.forgetComparison(closed);
      return null;
    },
    flameWindow: (params) => flameWindow(this.find(params.profile), params, (id) => this.find(id)),
    frameDetails: (params) => frameDetails(this.find(params.profile), params, (id) => this.find(id)),
    frameParents: (params) => frameParents(this.find(params.profile), params),
    functionInfo: ({ profile, view, func }) => {
      const open = this.find(profile);
      const found = view === undefined ? open.profile : open.view(view).profile;
      if (func < 0 || func >= found.functions.length) throw new RangeError(`There is no function ${func}.`);
      const { name, file } = describeFunction(found, func);
      const column = found.functions.column[func] || null;
      return { name: shorten(name), file, line: functionLine(found, func), column };
    },
    search: (params) => this.search(params),
    functionTable: (params) => {
      const view = this.find(params.profile).view(params.view);
      return functionTable(
        view,
        comparedView(view, params.base, (id) => this.find(id)),
        params,
      );
    },
    hotFiles: ({ profile, view, exact }) => hotFiles(this.find(profile), view, exact),
    selection: (params) => selection(this.find(params.profile), params),
    viewTotals: ({ profile, view }) => viewTotals(this.find(profile), view),
    fileLines: ({ profile, view, file, references }) => fileLines(this.find(profile), view, file, references),
    lineFunctions: ({ profile, view, lines }) => lineFunctions(this.find(profile), view, lines),
    lineDetails: ({ profile, view, file, line }) => lineDetails(this.find(profile), view, file, line),
    hottestLines: (params) => hottestLines(this.find(params.profile), params),
    fileFunctions: (params) => fileFunctions(this.find(params.profile), params),
    hotPath: (params) => hotPathFrom(this.find(params.profile), params),
    top: (params) => this.top(params),
    diff: (params) => diffRequest(this.find(params.profile), this.find(params.base.profile), params),
    hotRows: (params) => hotRows(this.find(params.profile), params),
    changedRows: (params) => changedRows(this.find(params.profile), this.find(params.base.profile), params),
    neighbours: (params) => neighbours(this.find(params.profile), params),
    embeddedSources: () => [
      ...new Set([...this.open.values()].flatMap(({ profile }) => [...(profile.embeddedSources?.keys() ?? [])])),
    ],
    embeddedSource: ({ file }) => this.embeddedSource(file),
    foldStacks: (job) => this.foldStacks(job),
    encodings: ({ profile, view }) => listEncodingsFor(this.find(profile), view),
    encode: ({ profile, format, view }) => encodeProfile(this.platform, this.find(profile), format, view),
  };

  private find(id: number): OpenProfile {
    const found = this.open.get(id);
    if (found === undefined) throw new Error(`Profile ${id} is not open.`);
    return found;
  }

  private add(name: string, profile: OpenProfile['profile']): ProfileSummary {
    const opened = new OpenProfile(this.nextId++, name, profile);
    this.open.set(opened.id, opened);
    return opened.summary();
  }

  private openProfile({ source, name }: OpenParams, task: EngineTask): ProfileSummary {
    return this.add(name, readProfile(this.platform, source, name, task));
  }

  private merge(ids: number[], name: string): ProfileSummary {
    const parts = ids.map((id) => this.find(id));
    return this.add(name, mergeProfiles(parts.map((part) => ({ profile: part.profile, name: part.name }))));
  }

  /** Only what an open profile's own source map has: no other file is read. */
  private embeddedSource(file: string): string | null {
    const { scripts } = this.platform;
    if (scripts === null) return null;
    for (const { profile } of [...this.open.values()].reverse()) {
      const script = profile.embeddedSources?.get(file);
      const text = script === undefined ? null : readEmbeddedSource(scripts, script, file);
      if (text !== null) return text;
    }
    return null;
  }

  private foldStacks(job: FoldJob): FoldedStacks {
    return foldStacks(job, (path) => {
      const file = this.platform.openFile(path);
      try {
        return file.bytes();
      } finally {
        file.close();
      }
    });
  }

  private search({ profile, view: spec, ...query }: SearchParams): SearchResult {
    const open = this.find(profile);
    const view = open.view(spec);
    const matched = matchFunctions(view.profile, query);
    const functions: number[] = [];
    for (let func = 0; func < matched.length; func++) {
      if (matched[func] === 1 && view.functions.present[func] === 1) functions.push(func);
    }
    return {
      functions: Int32Array.from(functions),
      matched: matchedValue(view.tree, matched),
      viewTotal: view.values.total,
    };
  }

  private top({ profile: id, by, sort, type, limit, filter = [] }: TopParams): TopResult {
    const open = this.find(id);
    const { profile } = open;
    const known = profile.sampleTypes.map((sampleType) => sampleType.type);
    const sampleType = type === null ? profile.meta.defaultSampleType : known.indexOf(type);
    if (sampleType < 0) throw new RangeError(`There is no sample type "${type}": the profile has ${known.join(', ')}.`);
    const { values } = open.view({ sampleType, thread: null, filter });
    return {
      profile: describeView(profile, sampleType, values),
      rows: listTop(profile, values, by, sort, limit),
    };
  }
}
