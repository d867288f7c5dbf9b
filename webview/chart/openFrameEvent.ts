/** Sent when a frame's source is wanted. */
export class OpenFrameEvent extends Event {
  constructor(readonly node: number) {
    super('open-frame', { bubbles: true, composed: true });
  }
}
