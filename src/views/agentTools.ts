import * as vscode from 'vscode';
import { agentToolNames } from './agentToolNames';
import type { AgentToolServices } from './agentToolRuns';

/** The tools for language models. Only their names are known here: the code is loaded when the first of them is called. */
export function registerAgentTools(services: AgentToolServices): vscode.Disposable {
  const load = async () => import('./agentToolRuns');
  return vscode.Disposable.from(
    ...agentToolNames.map((name) =>
      vscode.lm.registerTool<object>(name, {
        prepareInvocation: async ({ input }) => (await load()).prepareTool(services, name, input),
        invoke: async ({ input, tokenizationOptions }, token) => {
          const { invokeTool } = await load();
          return invokeTool(services, name, input, tokenizationOptions?.tokenBudget ?? null, token);
        },
      }),
    ),
  );
}
