/** Sent when the keyboard has put the focus on a frame. */
export class FrameFocusedEvent extends Event {
  constructor(readonly node: number) {
    super('frame-focused', { bubbles: true, composed: true });
  }
}
