/** Wrong usage: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What a command has to say when it succeeds. */
export interface CommandOutput {
  /** For stdout. */
  text: string;
  /** What was repaired or is missing in the profiles, a sentence each: for stderr. */
  notes: string[];
  /** Where it is not 0 though the work was done. */
  exitCode?: number;
}

export const USAGE = `Usage:
  emberline top PROFILE… [--by function|line|file] [--sort self|total] [--type TYPE] [--limit N] [--json]
                [--filter KEY=VALUE]… [--thread NAME]… [--process NAME]…
  emberline diff BASE NEW [--by function|line|file] [--sort self|total] [--type TYPE] [--limit N] [--json]
                [--fail-above PERCENT] [--filter KEY=VALUE]… [--thread NAME]… [--process NAME]…
  emberline convert IN… OUT [--type TYPE] [--filter KEY=VALUE]… [--thread NAME]… [--process NAME]… [--split-by KEY]
  emberline capture TARGET… [--kind KIND] [--profile NAME] [--seconds N] [-o FILE]
  emberline capture [-o FILE] -- COMMAND [ARGUMENT…]
  emberline mcp [PROFILE…] [--base FILE] [--root FOLDER]… [--allow-capture]
  emberline --help | --version

top      Prints the hottest functions, lines or files. Several profiles are merged.
         --type   a sample type of the profile, such as samples, time, cpu, alloc_space
         --limit  how many rows (default 20; 0 for all)
         --json   values unrounded, in the sample type's unit
         --filter, --thread, --process  only samples with the label, of the thread, of the process; several of one
                  kind are alternatives. Captures of several instances have the label "instance".
diff     Prints what changed from BASE to NEW in percentage points of each one's total, the largest changes first.
         ≈ stands before what may be chance, by the number of samples ("sureSelf", "sureTotal" in JSON).
         --sort        by the change of self or of total
         --fail-above  exit code 3 where that share of any row grew by more than so many percentage points
convert  Writes a profile in the format that OUT's ending names. Several are merged.
         --type   the sample type that a flame graph (.html, .svg) shows, or a file that can hold only one
         --filter, --thread, --process, --split-by  what a flame graph shows: the samples that pass, with a frame for each
                  value of a label, process or thread below all others
capture  Captures from running programs and writes FILE, whose path it prints. Several instances become one profile with
         the label "instance"; one that fails is named on stderr, and the others are kept.
         TARGET   an address, host:port, unix:/path/to.sock, or several by a range: host-[1-20]:6060, host-[blue,green]:6060
                  or the number of a process of this machine, sampled by its language: py-spy (Python), jcmd (Java), perf
         COMMAND  runs under its language's sampler until it ends: Node, Python, "go test", Java, else perf.
                  Its exit code becomes the one of this command
         --kind   v8-inspector, go-pprof, nylas, async-profiler, http (else told by the address, or by what answers);
                  py-spy, austin, jfr, asprof, perf of a process. EMBERLINE_TOOL_PY_SPY and its like say where they are.
         --profile      the kind's own: cpu, heap, allocs, mutex, block, goroutine; wall, alloc, lock …
         --seconds      how long to sample (default 10)
         --concurrency  instances asked at once (default 32)
         --instances-from COMMAND  asks what the command prints too, an address a line
         --option KEY=VALUE  the kind's own, such as template=ap-agent, delta=true, reset=true
         -o, --output   as captured, or converted by its ending
mcp      Serves the tools emberline_hot_lines, emberline_diff, emberline_callers and emberline_profile_target to agents,
         by the Model Context Protocol over standard input and output. The first PROFILE is meant where a tool names none.
         --base           the profile that emberline_diff compares with where it names none
         --root           folders whose files' lines may be quoted (default: the current one)
         --allow-capture  lets agents profile processes, addresses and commands of their choice, without asking

PROFILE and IN are files or addresses: https://…, http://…, unix:/path/to.sock:/path.
  --header 'NAME: VALUE'  is sent to those addresses' hosts, and to no other; may be repeated. Lines of the environment
                          variable EMBERLINE_HEADERS are sent too, and are seen by no other user.
  --ca FILE               certificates (PEM) of authorities to trust beside the system's; may be repeated
  --cert FILE [--key FILE]  client certificate for those hosts: PEM with its key, or PKCS #12. The environment variable
                          EMBERLINE_CERT_PASSPHRASE opens the key. Proxies are HTTPS_PROXY, HTTP_PROXY and NO_PROXY.
  --max-size N            largest download in MiB (default 1024)

Exit codes: 0 done, 1 the work failed (one line on stderr says what and where), 2 wrong usage,
3 a share grew above --fail-above.
`;

/** Names are untrusted: no control character reaches the terminal, and no name fills it. */
export function plain(text: string): string {
  const clean = text.replace(/\p{Cc}/gu, '\u{fffd}');
  return clean.length <= 300 ? clean : `${clean.slice(0, 299)}…`;
}
