import * as vscode from 'vscode';
import { LARGEST_ANSWER, plainText } from '../agents/answer';
import { readInput } from '../agents/inputSchema';
import { targetOf } from '../agents/profileTarget';
import { runTool } from '../agents/runTool';
import { profileTargetTool, toolDefinitions } from '../agents/toolDefinitions';
import { type AgentHostServices, EditorAgentHost } from './agentHost';

export interface AgentToolServices extends AgentHostServices {
  readonly output: vscode.LogOutputChannel;
}

/** Characters that a token has at the least, about: names and paths are not prose. */
const CHARACTERS_A_TOKEN = 3;
const LONGEST_SHOWN = 2000;

/** What is said while a tool runs, and asked before it does where it starts something or reads what was not opened. */
export async function prepareTool(
  services: AgentToolServices,
  name: string,
  input: unknown,
): Promise<vscode.PreparedToolInvocation> {
  if (name === profileTargetTool.name) return prepareCapture(input);
  const title = toolDefinitions.find((tool) => tool.name === name)?.title ?? name;
  const invocationMessage = `Emberline: ${title}`;
  const outside = await new EditorAgentHost(services).outside(namedProfiles(input));
  if (outside.length === 0) return { invocationMessage };
  const message = new vscode.MarkdownString('These files are not in the workspace:');
  message.appendCodeblock(outside.map((path) => plainText(path, 400)).join('\n'), 'text');
  return {
    invocationMessage,
    confirmationMessages: { title: `Read ${outside.length === 1 ? 'this profile' : 'these profiles'}?`, message },
  };
}

async function prepareCapture(input: unknown): Promise<vscode.PreparedToolInvocation> {
  refuseUntrusted();
  const read = readInput(profileTargetTool.inputSchema, input);
  const { seconds, what } = targetOf(read);
  const way = read.command === undefined ? 'attach to it' : 'run it';
  const message = new vscode.MarkdownString(
    `Emberline will ${way}, sample it for ${seconds} s at most, and open the profile:`,
  );
  // Where it is too long to be read, it is too long to be agreed to.
  if (what.length > LONGEST_SHOWN) throw new Error(`The command is longer than ${LONGEST_SHOWN} characters.`);
  // A number tells nobody which program it is.
  const program = read.pid === undefined ? '' : await commandLineOf(read.pid);
  message.appendCodeblock(plainText(`${what}${program === '' ? '' : `: ${program}`}`, LONGEST_SHOWN), 'text');
  return {
    invocationMessage: `Profiling for ${seconds} s`,
    confirmationMessages: { title: 'Profile this program?', message },
  };
}

/** Empty where the process is not there (any more), or cannot be read. */
async function commandLineOf(pid: number): Promise<string> {
  const { describeProcessOf } = await import('../endpoints/localProcesses');
  return (await describeProcessOf(pid).catch(() => null))?.commandLine ?? '';
}

/** A tool's answer, as text. @throws Error with a sentence for the model */
export async function invokeTool(
  services: AgentToolServices,
  name: string,
  input: unknown,
  tokenBudget: number | null,
  token: vscode.CancellationToken,
): Promise<vscode.LanguageModelToolResult> {
  if (name === profileTargetTool.name) refuseUntrusted();
  const cancel = new AbortController();
  const cancelled = token.onCancellationRequested(() => cancel.abort());
  if (token.isCancellationRequested) cancel.abort();
  const largest = tokenBudget === null ? LARGEST_ANSWER : Math.floor(CHARACTERS_A_TOKEN * tokenBudget);
  try {
    const options = { signal: cancel.signal, onProgress: () => {} };
    const text = await runTool(new EditorAgentHost(services), name, input, options, largest);
    return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(text)]);
  } catch (error) {
    services.output.info(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    throw error;
  } finally {
    cancelled.dispose();
  }
}

/** @throws Error with a sentence */
function refuseUntrusted(): void {
  if (!vscode.workspace.isTrusted) {
    throw new Error('Profiling attaches to a running program, so it needs a trusted workspace: its user can trust it.');
  }
}

function namedProfiles(input: unknown): string[] {
  const { profile, base, new: next } = (input ?? {}) as Record<string, unknown>;
  return [profile, base, next].filter((name) => typeof name === 'string');
}
