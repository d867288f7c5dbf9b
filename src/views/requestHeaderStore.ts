import * as v from 'valibot';
import type { RequestHeaders } from '../endpoints/requestHeaders';

/** The part of `vscode.SecretStorage` that is used. */
export interface Secrets {
  get(key: string): PromiseLike<string | undefined>;
  store(key: string, value: string): PromiseLike<void>;
  delete(key: string): PromiseLike<void>;
}

const key = 'emberline.requestHeaders';
const savedSchema = v.record(v.string(), v.record(v.string(), v.string()));

/** Request headers by origin (`https://host:port`), in the system's store of secrets. */
export class RequestHeaderStore {
  constructor(private readonly secrets: Secrets) {}

  async get(origin: string): Promise<RequestHeaders> {
    return (await this.read())[origin] ?? {};
  }

  /** Origins that have headers, sorted. */
  async origins(): Promise<string[]> {
    return Object.keys(await this.read()).sort();
  }

  /** Replaces an origin's headers; none remove it. */
  async set(origin: string, headers: RequestHeaders): Promise<void> {
    const all = { ...(await this.read()) };
    if (Object.keys(headers).length === 0) delete all[origin];
    else all[origin] = headers;
    if (Object.keys(all).length === 0) await this.secrets.delete(key);
    else await this.secrets.store(key, JSON.stringify(all));
  }

  private async read(): Promise<Record<string, RequestHeaders>> {
    const text = await this.secrets.get(key);
    if (text === undefined) return {};
    try {
      const result = v.safeParse(savedSchema, JSON.parse(text));
      return result.success ? result.output : {};
    } catch {
      return {};
    }
  }
}
