/**
 * A message as it should travel to a webview: typed arrays that are views into larger buffers are copied, as the
 * whole backing store of a view travels otherwise. One level deep, which is what the engine's answers have.
 */
export function ownBuffers<T extends object>(value: T): T {
  // Lists (the breadcrumb's frames) hold no typed arrays and must stay lists.
  if (Array.isArray(value)) return value;
  const copy: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) {
    const isPart = ArrayBuffer.isView(member) && member.byteLength !== member.buffer.byteLength;
    copy[key] = isPart && !(member instanceof DataView) ? (member as Uint8Array).slice() : member;
  }
  return copy as T;
}
