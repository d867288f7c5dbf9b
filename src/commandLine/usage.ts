/** Wrong usage: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const USAGE = `Usage:
  emberline top PROFILE… [--by function|line|file] [--sort self|total] [--type TYPE] [--limit N] [--json]
  emberline convert IN OUT
  emberline --help | --version

top      Prints the hottest functions, lines or files. Several profiles are merged.
         --type   a sample type of the profile, such as samples, time, cpu, alloc_space
         --limit  how many rows (default 20; 0 for all)
         --json   values unrounded, in the sample type's unit
convert  Writes a profile in the format that OUT's ending names.

Exit codes: 0 done, 1 the work failed (one line on stderr says what and where), 2 wrong usage.
`;
