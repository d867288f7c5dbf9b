import type { ViewSpec } from '../analysis/viewSpec';
import type { ProfileSummary } from '../engine/engineApi';
import { type DisplayFacts, displayProblem, type HeatDisplay, heatDisplays } from './heatDisplay';
import type { HeatLook } from './heatLook';
import { type HeatReference, heatReferences, referenceProblem, referenceThread } from './heatReference';
import { type HeatScale, heatScales } from './heatScale';
import type { ChartZoom, HeatMetric } from './heatSource';

/** One choice of the look: what is to be set to what. */
export interface LookChoice {
  readonly setting: 'metric' | 'display' | 'reference' | 'scale' | 'labelPosition' | 'labels';
  readonly value: string | boolean;
  readonly label: string;
  /** What it means, or why it does not fit this profile. */
  readonly description: string;
  readonly fits: boolean;
  readonly chosen: boolean;
}

export interface LookSection {
  readonly title: string;
  readonly choices: readonly LookChoice[];
}

/** What the choices are told of the profile. */
export interface LookFacts extends DisplayFacts {
  readonly summary: ProfileSummary | undefined;
  readonly view: ViewSpec | null;
  readonly zoom: ChartZoom | null;
}

const displays: Record<HeatDisplay, readonly [label: string, meaning: string]> = {
  both: ['Self and Total', '12.3% self · 45.6% total'],
  self: ['Self', '12.3% self'],
  total: ['Total', '45.6% total'],
  samples: ['Samples', '1,234 samples'],
  time: ['Time', '120 ms self · 1.2 s total'],
  bytes: ['Bytes', '12 MiB self · 34 MiB total'],
  rate: ['Rate', 'a second of the recording: 1 s/s is one core kept busy'],
  delta: ['Change Against the Baseline', '▲ 4.1 pp'],
};

const references: Record<HeatReference, readonly [label: string, meaning: string]> = {
  view: ['What the Profile Shows', 'its thread and filter'],
  selection: ['Selection', 'what the chart is zoomed to'],
  profile: ['Whole Profile', 'all samples, whatever is filtered'],
  thread: ['Thread', ''],
  file: ['File', 'the samples with the file on their stack'],
  function: ['Function', "the samples with the line's function on their stack"],
};

const scales: Record<HeatScale, readonly [label: string, meaning: string]> = {
  fixed: ['Fixed', ''],
  linear: ['Linear', "fifths of the hottest line's share"],
  sqrt: ['Square Root', 'tells cool lines apart'],
  rank: ['Rank', 'fifths of the hot lines'],
};

const metrics: Record<HeatMetric, readonly [label: string, meaning: string]> = {
  self: ['Colour by Self', 'samples whose innermost frame is on the line'],
  total: ['Colour by Total', 'samples with the line anywhere on the stack'],
};

/** The choices of how hot lines look, by what they are about. */
export function lookSections(look: HeatLook, facts: LookFacts): LookSection[] {
  return [
    {
      title: 'labels',
      choices: [
        ...heatDisplays.map((value) =>
          choice(
            'display',
            value,
            displays[value],
            look.labels && look.display === value,
            displayProblem(value, facts),
          ),
        ),
        choice('labels', false, ['No Labels', 'colours and marks only'], !look.labels, null),
      ],
    },
    {
      title: '100 % is',
      choices: heatReferences.map((value) => {
        const problem = referenceProblem(value, facts.summary, facts.zoom !== null);
        const [label, meaning] = references[value];
        const told = value === 'thread' ? threadTitle(facts) : meaning;
        return choice('reference', value, [label, told], look.reference === value, problem);
      }),
    },
    {
      title: 'colours',
      choices: (['self', 'total'] as const).map((value) =>
        choice('metric', value, metrics[value], look.metric === value, null),
      ),
    },
    {
      title: 'scale',
      choices: heatScales.map((value) => {
        const bounds = `from ${look.bounds.map((share) => `${Number((100 * share).toFixed(3))}`).join(', ')} %`;
        const [label, meaning] = scales[value];
        const told = value === 'fixed' ? bounds : meaning;
        return choice('scale', value, [label, told], look.scale === value, null);
      }),
    },
    {
      title: 'place of labels',
      choices: [
        choice('labelPosition', 'column', ['In a Column', ''], look.labelPosition === 'column', null),
        choice('labelPosition', 'lineEnd', ['At Line Ends', ''], look.labelPosition === 'lineEnd', null),
      ],
    },
  ];
}

/** What a choice changes of the look. */
export function lookOf({ setting, value }: Pick<LookChoice, 'setting' | 'value'>): Partial<HeatLook> {
  const look: Partial<HeatLook> = { [setting]: value };
  if (setting !== 'display') return look;
  // A label of one metric beside another one's colour would puzzle.
  const metric: Partial<HeatLook> = value === 'self' || value === 'total' ? { metric: value } : {};
  // To choose what labels tell means to want them.
  return { ...look, labels: true, ...metric };
}

function choice(
  setting: LookChoice['setting'],
  value: string | boolean,
  [label, meaning]: readonly [string, string],
  chosen: boolean,
  problem: string | null,
): LookChoice {
  return { setting, value, label, description: problem ?? meaning, fits: problem === null, chosen };
}

function threadTitle({ summary, view }: LookFacts): string {
  const thread = summary === undefined || view === null ? null : referenceThread(summary, view);
  return thread === null ? '' : (summary?.threads[thread]?.title ?? '');
}

/** What 100 % is where that is not what the profile shows, for the status bar: `of function`; empty elsewhere. */
export function referenceWords(look: HeatLook, facts: LookFacts, selected: string | null): string {
  const { reference } = look;
  if (reference === 'view' || referenceProblem(reference, facts.summary, facts.zoom !== null) !== null) {
    return '';
  }
  if (reference === 'selection') {
    return selected === null ? 'of selection' : `of ${selected}`;
  }
  return `of ${reference}`;
}
