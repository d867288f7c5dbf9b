import { CdpPeer } from './cdpPeer';

/** A worker of a target: its messages travel in those of the target's connection. */
export class CdpWorker extends CdpPeer {
  constructor(
    private readonly parent: CdpPeer,
    private readonly domain: 'NodeWorker' | 'Target',
    private readonly sessionId: string,
    /** As the target calls it. */
    readonly title: string,
  ) {
    super();
    void parent.closed.then(() => this.markClosed());
  }

  protected transmit(message: string, failed: (error: Error) => void): void {
    const { sessionId } = this;
    const sent =
      this.domain === 'NodeWorker'
        ? this.parent.send('NodeWorker.sendMessageToWorker', { sessionId, message }, null)
        : this.parent.send('Target.sendMessageToTarget', { sessionId, message }, null);
    sent.catch(failed);
  }

  hear(message: string): void {
    this.receive(message);
  }

  detached(): void {
    this.markClosed();
  }

  async close(): Promise<void> {
    if (!this.isOpen) return;
    const { sessionId } = this;
    this.markClosed();
    const detached =
      this.domain === 'NodeWorker'
        ? this.parent.send('NodeWorker.detach', { sessionId }, 1000)
        : this.parent.send('Target.detachFromTarget', { sessionId }, 1000);
    await detached.catch(() => undefined);
  }
}

/**
 * Calls `onWorker` with each worker that a target has, and each that it starts later: Node's worker threads by its own
 * domain, those of a page by `Target` (https://chromedevtools.github.io/devtools-protocol/tot/Target). A target that knows
 * neither has none.
 */
export async function followWorkers(target: CdpPeer, onWorker: (worker: CdpWorker) => void): Promise<void> {
  const workers = new Map<string, CdpWorker>();
  target.onEvent((method, params) => {
    const match = /^(NodeWorker|Target)\.(attachedTo|receivedMessageFrom|detachedFrom)(?:Worker|Target)$/.exec(method);
    if (match === null) return;
    const { sessionId, message, workerInfo, targetInfo } = asRecord(params);
    if (typeof sessionId !== 'string') return;
    if (match[2] === 'attachedTo') {
      const { title, url, type } = asRecord(workerInfo ?? targetInfo);
      // Pages within pages are targets of their own, and listed as such.
      if (match[1] === 'Target' && !/worker/.test(String(type))) return;
      const shown = String(title || url || '');
      const worker = new CdpWorker(target, match[1] as 'NodeWorker' | 'Target', sessionId, shown);
      workers.set(sessionId, worker);
      onWorker(worker);
    } else if (match[2] === 'receivedMessageFrom') {
      if (typeof message === 'string') workers.get(sessionId)?.hear(message);
    } else {
      workers.get(sessionId)?.detached();
      workers.delete(sessionId);
    }
  });
  try {
    await target.send('NodeWorker.enable', { waitForDebuggerOnStart: false });
  } catch {
    const options = { autoAttach: true, waitForDebuggerOnStart: false, flatten: false };
    await target.send('Target.setAutoAttach', options).catch(() => undefined);
  }
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
