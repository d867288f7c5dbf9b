/** The part of `ws` (https://github.com/websockets/ws/blob/7.x/doc/ws.md) that is used; the library has no types itself. */
declare module 'ws' {
  import type { EventEmitter } from 'node:events';
  import type { ClientRequestArgs } from 'node:http';
  import type { SecureContextOptions } from 'node:tls';

  interface ClientOptions extends ClientRequestArgs, SecureContextOptions {
    followRedirects?: boolean;
    /** Bytes of a message. */
    maxPayload?: number;
    perMessageDeflate?: boolean;
  }

  // biome-ignore lint/style/noDefaultExport: it is the library that has it
  export default class WebSocket extends EventEmitter {
    constructor(address: string, protocols: string[], options: ClientOptions);
    send(text: string, sent: (error?: Error | null) => void): void;
    close(): void;
    terminate(): void;
  }
}
