/** Input that cannot be read: one sentence that says what was expected, and where. Shown to the user as it is. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
  /** @param where for example `byte 1234` or `line 7`; null where there is no place. */
  constructor(
    sentence: string,
    readonly where: string | null = null,
  ) {
    super(where === null ? sentence : `${sentence} (at ${where})`);
  }
}
