import type { AgentHost, AgentOptions } from './agentHost';
import { LARGEST_ANSWER, plainText } from './answer';
import { answerCallers } from './callers';
import { answerDiff } from './diff';
import { answerHotLines } from './hotLines';
import { readInput } from './inputSchema';
import { answerProfileTarget } from './profileTarget';
import { callersTool, diffTool, hotLinesTool, profileTargetTool } from './toolDefinitions';

/**
 * A tool's answer.
 * @param largest characters of it
 * @throws Error with a sentence that is fit for the model: its input, the profile, or what was to be captured is at fault
 */
export async function runTool(
  host: AgentHost,
  name: string,
  input: unknown,
  options: AgentOptions,
  largest = LARGEST_ANSWER,
): Promise<string> {
  try {
    switch (name) {
      case hotLinesTool.name:
        return await answerHotLines(host, readInput(hotLinesTool.inputSchema, input), largest, options);
      case diffTool.name:
        return await answerDiff(host, readInput(diffTool.inputSchema, input), largest, options);
      case callersTool.name:
        return await answerCallers(host, readInput(callersTool.inputSchema, input), largest, options);
      case profileTargetTool.name:
        return await answerProfileTarget(host, readInput(profileTargetTool.inputSchema, input), largest, options);
    }
  } catch (error) {
    if (options.signal.aborted) throw new Error('It was cancelled.');
    // It may quote names of the profile.
    throw new Error(plainText(error instanceof Error ? error.message : String(error), 1000));
  }
  throw new Error(`There is no tool "${plainText(name, 60)}".`);
}
