/** The buffers of an answer's typed arrays: handed over rather than copied. */
export function buffersOf(answer: unknown): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  if (typeof answer === 'object' && answer !== null) {
    for (const part of Object.values(answer)) {
      if (ArrayBuffer.isView(part) && part.buffer instanceof ArrayBuffer) buffers.add(part.buffer);
    }
  }
  return [...buffers];
}
