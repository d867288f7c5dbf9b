import * as vscode from 'vscode';
import { heatDisplays } from './heatDisplay';
import type { HeatLook } from './heatLook';
import { heatReferences } from './heatReference';
import { boundsOf, heatScales } from './heatScale';

/** The look by the settings; what is none of a setting's values counts as its default. */
export function configuredLook(): HeatLook {
  const heat = vscode.workspace.getConfiguration('emberline.heat');
  const flag = (name: string): boolean => heat.get<unknown>(name) !== false;
  return {
    metric: oneOf(heat.get('metric'), ['self', 'total'] as const),
    display: oneOf(heat.get('display'), heatDisplays),
    reference: oneOf(heat.get('reference'), heatReferences),
    scale: oneOf(heat.get('scale'), heatScales),
    bounds: boundsOf(heat.get('bounds')),
    threshold: numberOf(heat.get('threshold'), 0, 100, 0.1) / 100,
    labels: flag('labels'),
    labelPosition: oneOf(heat.get('labelPosition'), ['column', 'lineEnd'] as const),
    labelColumn: numberOf(heat.get('labelColumn'), 0, 500, 0) || null,
    background: flag('background'),
    gutter: flag('gutter'),
    overviewRuler: flag('overviewRuler'),
  };
}

/** Keeps a choice where the setting is already made, else for all of the user's windows. */
export async function keepChoice(name: string, value: unknown): Promise<void> {
  const heat = vscode.workspace.getConfiguration('emberline.heat');
  const { workspaceValue } = heat.inspect(name) ?? {};
  const target =
    workspaceValue === undefined ? vscode.ConfigurationTarget.Global : vscode.ConfigurationTarget.Workspace;
  await heat.update(name, value, target);
}

function oneOf<T extends string>(value: unknown, choices: readonly [T, ...T[]]): T {
  return choices.find((choice) => choice === value) ?? choices[0];
}

function numberOf(value: unknown, least: number, most: number, otherwise: number): number {
  return typeof value === 'number' && Number.isFinite(value) ? Math.min(most, Math.max(least, value)) : otherwise;
}
