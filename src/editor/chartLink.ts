export const sandwichCommand = 'emberline.sandwich';
export const showInFlameGraphCommand = 'emberline.showInFlameGraph';

/** What the links of our hovers give these commands: functions of a profile that is open. */
export interface ChartLink {
  /** The engine's number. */
  readonly profile: number;
  readonly functions: number[];
  /** Where the link is, or what it is about, in a few characters. */
  readonly place: string;
}
