import type { EndpointSpec } from '../endpoints/endpoint';
import type { AgentHost, AgentOptions, CaptureTarget } from './agentHost';
import { plainText } from './answer';
import { describeHotLines } from './hotLines';
import type { InputOf } from './inputSchema';
import type { profileTargetTool } from './toolDefinitions';

export type ProfileTargetInput = InputOf<(typeof profileTargetTool)['inputSchema']>;

const DEFAULT_SECONDS = 10;

/** `emberline_profile_target`. @throws Error with a sentence */
export async function answerProfileTarget(
  host: AgentHost,
  input: ProfileTargetInput,
  largest: number,
  options: AgentOptions,
): Promise<string> {
  const target = targetOf(input);
  const opened = await host.capture(target, options);
  try {
    const said = `Profiled ${target.what} for ${target.seconds} s at most. Name the profile "${plainText(opened.name)}" to ask more about it.`;
    return await describeHotLines(
      host,
      opened,
      { ...(input.by && { by: input.by }), ...(input.limit && { limit: input.limit }) },
      largest,
      options,
      [said],
    );
  } finally {
    opened.release();
  }
}

/** What an input names, in words that a person confirms. @throws Error with a sentence where it names none or several */
export function targetOf({ seconds = DEFAULT_SECONDS, ...input }: ProfileTargetInput): CaptureTarget {
  const { debugSession = false, pid, address, command, kind, profile } = input;
  const named = [debugSession || undefined, pid, address, command].filter((each) => each !== undefined);
  if (named.length !== 1) {
    throw new Error('Name exactly one target: "debugSession": true, "pid", "address" or "command".');
  }
  if (debugSession) return { seconds, what: 'the debug session', debugSession: true };
  const common = profile === undefined ? {} : { profile };
  if (command !== undefined) {
    // A word that has spaces is shown in quotes, so that nothing is hidden in what is confirmed.
    const words = command.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word)));
    const spec: EndpointSpec = { name: plainText(command[0]!), kind: 'command', command, options: { show: false } };
    return { seconds, what: `the command ${words.join(' ')}`, debugSession: false, spec: async () => spec };
  }
  if (pid !== undefined) {
    return {
      seconds,
      what: `process ${pid}`,
      debugSession: false,
      spec: async () => {
        const { processKinds, specOfProcess } = await import('../endpoints/processSampler');
        const byProcess = processKinds.find((each) => each === kind);
        if (kind !== undefined && byProcess === undefined) {
          throw new Error(`A process is sampled by ${processKinds.join(', ')}, not ${kind}: give its address instead.`);
        }
        const found = byProcess === undefined ? await specOfProcess(pid) : { kind: byProcess, pid };
        return { name: `process ${pid}`, ...found, ...common };
      },
    };
  }
  // Who confirms it, and who reads the name of what was captured, need not see a password.
  const shown = address!.replace(/^([a-z][a-z\d+.-]*:\/\/|)[^/?#]*@/i, '$1…@');
  return {
    seconds,
    what: shown,
    debugSession: false,
    spec: async () => {
      const { kindOfAddress } = await import('../endpoints/probeAddress');
      const access = { headersFor: () => ({}), signal: new AbortController().signal };
      const asked = (kind as EndpointSpec['kind'] | undefined) ?? (await kindOfAddress(address!, access));
      return { name: plainText(shown), kind: asked, url: address!, ...common };
    },
  };
}
