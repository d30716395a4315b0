export type Setting = string | number | boolean | readonly (string | number)[];

/**
 * Settings of `gantry serve`: a flag in camelCase (`readOnly`, `memoryLimit`) or a key
 * (`"gantry.memory.limit"`). docs/configuration.md lists them.
 */
export interface Options {
  /** The program; by default the variable GANTRY_BINARY, or `gantry` on the PATH. */
  binary?: string;
  /** Where to listen; 127.0.0.1 by default. */
  host?: string;
  [setting: string]: Setting | undefined;
}

export interface RequestFilter {
  method?: string;
  operation?: string;
  repository?: string;
  path?: string;
  status?: number | string;
  user_agent?: string;
  fault?: string;
  since?: number;
  n?: number;
}

export interface RecordedRequest {
  sequence: number;
  time: string;
  method: string;
  target: string;
  headers: { name: string; value: string }[];
  response_headers: { name: string; value: string }[];
  truncated: boolean;
  status: number;
  bytes_sent: number;
  body_bytes: number | null;
  duration_us: number;
  connection: string;
  operation: string;
  repository: string;
  request_id: string;
  fault: string;
}

export interface Fault {
  name?: string;
  match?: Record<string, string>;
  nth?: number;
  every?: number;
  probability?: number;
  seed?: number;
  count?: number;
  effect?: Record<string, unknown>;
}

export type InjectedFault = Fault & { id: number; matched: number; hits: number };

export interface Clock {
  /** RFC 3339, in UTC. */
  now: string;
  frozen: boolean;
  real: boolean;
}

/** `now` excludes `advance`, and `real` excludes all others. */
export interface ClockChange {
  now?: string;
  advance?: string;
  frozen?: boolean;
  real?: true;
}

export class DockerRegistryServer {
  /** Port 0 takes any free port. */
  constructor(port?: number, options?: Options);
  readonly port: number;
  readonly host: string;
  readonly url: string;
  /** The end of what the server wrote to stderr. */
  readonly log: string;
  /** Resolves once the server accepts connections; rejects with its message if it ends first. */
  start(): Promise<this>;
  /** Resolves once the server has ended. Without a server it does nothing. */
  stop(): Promise<void>;
  /**
   * Only the seed is left: no other content, no faults, no recorded requests, the real time. With a
   * prefix, only the content of the repository with this name and of those below it is deleted.
   */
  reset(prefix?: string): Promise<void>;
  /** Saves all content, and resolves to the number of the snapshot. A reset keeps snapshots. */
  snapshot(): Promise<number>;
  /** Returns to the content of a snapshot. */
  restore(snapshot: number): Promise<void>;
  removeSnapshot(snapshot: number): Promise<void>;
  /** Advances the clock that uploads and leases expire by: milliseconds, or a text such as "1h". */
  advance(by: number | string): Promise<Clock>;
  /** Changes that clock, and resolves to what it shows. */
  setClock(change: ClockChange): Promise<Clock>;
  /** Injects a fault by its name, as JSON or as an object, or an array of them. */
  fail(fault: string | Fault | readonly Fault[]): Promise<InjectedFault[]>;
  clearFaults(): Promise<void>;
  /** Recorded requests that match, the oldest first. */
  requests(filter?: RequestFilter): Promise<RecordedRequest[]>;
  /** Rejects after `timeout` (milliseconds, or a text such as "10s"; 60s at most). */
  waitFor(
    filter?: RequestFilter,
    options?: { count?: number; timeout?: number | string },
  ): Promise<RecordedRequest[]>;
  clearRequests(): Promise<void>;
}
