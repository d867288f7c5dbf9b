import { type ViewSpec, viewKey } from '../analysis/viewSpec';
import type { EngineApi, ProfileSummary } from '../engine/engineApi';
import type { SourceResolver } from '../sources/sourceResolver';
import { HeatFiles } from './heatFiles';
import { type HeatReference, needsReferences, referenceView } from './heatReference';
import type { HeatSource } from './heatSource';
import type { RememberedSources } from './rememberedSources';

/** Views whose answers are kept: switching between references is instant. */
const mostKept = 6;

export interface HeatViewServices {
  readonly engine: EngineApi;
  readonly resolver: SourceResolver;
  readonly remembered: RememberedSources;
}

/** Which samples glow: the view that a reference makes of what a profile's editor shows, and the answers about it. */
export class HeatViews {
  private readonly kept = new Map<string, HeatFiles>();
  private selected: { readonly key: string; view: ViewSpec | null; name: string | null } | null = null;

  /** @param onSelected what the chart is zoomed to has become known */
  constructor(
    private readonly services: HeatViewServices,
    private readonly onSelected: () => void,
  ) {}

  /** The engine's answers under a reference; null while the profile is not open. */
  filesOf(source: HeatSource, reference: HeatReference): HeatFiles | null {
    const { summary } = source.status;
    if (summary === undefined || source.view === null) {
      return null;
    }
    const selected = reference === 'selection' ? this.selection(source, summary, source.view) : null;
    const view = referenceView(reference, summary, source.view, selected);
    const references = needsReferences(reference);
    const key = JSON.stringify([summary.profile, viewKey(view), references]);
    const files = this.kept.get(key) ?? this.filesOfView(summary, view, references);
    this.kept.delete(key);
    this.kept.set(key, files);
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= mostKept) break;
      this.kept.delete(oldest);
    }
    return files;
  }

  filesOfView(summary: ProfileSummary, view: ViewSpec, references = false): HeatFiles {
    const { engine, resolver, remembered } = this.services;
    return new HeatFiles(engine, resolver, remembered, summary.profile, view, references);
  }

  /** The frame that the chart is zoomed into, as far as the latest answer of `selection` knows. */
  get selectedName(): string | null {
    return this.selected?.name ?? null;
  }

  private selection(source: HeatSource, summary: ProfileSummary, view: ViewSpec): ViewSpec | null {
    const { zoom } = source;
    if (!zoom) {
      this.selected = null;
      return null;
    }
    const key = JSON.stringify([summary.profile, viewKey(view), zoom]);
    if (this.selected?.key !== key) {
      // Until the answer is there, what was selected before stays.
      const asked = { key, view: this.selected?.view ?? null, name: this.selected?.name ?? null };
      this.selected = asked;
      this.services.engine.request('selection', { profile: summary.profile, view, ...zoom }).then(
        (answer) => this.answered(asked, answer.view, answer.name),
        () => this.answered(asked, null, null),
      );
    }
    return this.selected?.view ?? null;
  }

  private answered(asked: NonNullable<HeatViews['selected']>, view: ViewSpec | null, name: string | null): void {
    asked.view = view;
    asked.name = name;
    if (this.selected === asked) this.onSelected();
  }
}
