import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';

export interface SoldLine {
  customer: string;
  name: string;
  quantity: number;
  net: number;
}

export interface ReportRequest {
  id: number;
  lines: SoldLine[];
}

export interface ReportResponse {
  id: number;
  html: string;
}

/** Renders reports in a child process. */
export class Reports {
  private readonly worker: ChildProcess = fork(join(__dirname, 'reportWorker.js'));
  private readonly waiting = new Map<number, { resolve(html: string): void; reject(error: Error): void }>();
  private next = 0;

  constructor() {
    this.worker.on('message', ({ id, html }: ReportResponse) => {
      this.waiting.get(id)?.resolve(html);
      this.waiting.delete(id);
    });
    this.worker.on('exit', () => {
      for (const { reject } of this.waiting.values()) reject(new Error('The report worker has ended.'));
      this.waiting.clear();
    });
  }

  render(lines: SoldLine[]): Promise<string> {
    if (!this.worker.connected) return Promise.reject(new Error('The report worker has ended.'));
    const request: ReportRequest = { id: this.next++, lines };
    return new Promise((resolve, reject) => {
      this.waiting.set(request.id, { resolve, reject });
      this.worker.send(request);
    });
  }

  close(): void {
    this.worker.kill();
  }
}
