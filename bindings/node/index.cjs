// Runs `gantry serve` as a child process for tests, and steers it over HTTP.
"use strict";

const { spawn } = require("node:child_process");
const { parse, query, send } = require("./client.cjs");
const { commandOf } = require("./command.cjs");

const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 20_000;
const LOG_LIMIT = 64 * 1024;

class DockerRegistryServer {
  #wanted;
  #host;
  #binary;
  #settings;
  #child;
  #ended;
  #starting;
  #address;
  #log = "";

  /** Port 0 takes any free port. */
  constructor(port = 4775, options = {}) {
    const { binary, host = "127.0.0.1", ...settings } = options;
    this.#wanted = port;
    this.#host = host;
    this.#binary = binary ?? (process.env.GANTRY_BINARY || "gantry");
    this.#settings = settings;
  }

  /** The port that it listens on; before the start, the one that was asked for. */
  get port() {
    return this.#address?.port ?? this.#wanted;
  }

  get host() {
    return this.#address?.host ?? this.#host;
  }

  get url() {
    return `http://${this.host}:${this.port}`;
  }

  /** The end of what the server wrote to stderr. */
  get log() {
    return this.#log;
  }

  /** Resolves once the server accepts connections; rejects with its message if it ends first. */
  start() {
    this.#starting ??= this.#start().catch((error) => {
      this.#starting = undefined;
      throw error;
    });
    return this.#starting;
  }

  async #start() {
    const { args, env } = commandOf(this.#settings, this.#wanted, this.#host);
    const loud = args.some((each) => /^--access-log=(?!off$)/.test(each));
    const child = spawn(this.#binary, args, { env, stdio: ["ignore", loud ? "inherit" : "ignore", "pipe"] });
    this.#child = child;
    this.#log = "";
    let failed;
    this.#ended = new Promise((resolve) => {
      child.once("error", (error) => resolve((failed = error)));
      child.once("close", resolve);
    });
    this.#ended.then(() => this.#forget(child));
    const address = await this.#ready(child);
    if (!address || this.#child !== child) {
      child.kill("SIGKILL");
      await this.#ended;
      const reason = failed ? `${this.#binary}: ${failed.message}` : this.#log.trim();
      throw new Error(`the registry did not start: ${reason || "it did not say why"}`);
    }
    this.#address = address;
    // A forgotten stop() does not keep the process alive; the server ends with it.
    child.unref();
    child.stderr.unref?.();
    return this;
  }

  /** The address that the server prints; undefined if it ends before that or takes too long. */
  async #ready(child) {
    let timer;
    const found = await Promise.race([
      new Promise((resolve) => {
        child.stderr.setEncoding("utf8").on("data", (text) => {
          this.#log = (this.#log + text).slice(-LOG_LIMIT);
          const line = /^listening on (\S+):(\d+)\b.*\n/m.exec(this.#log);
          if (line) resolve(line);
        });
      }),
      this.#ended.then(() => undefined),
      new Promise((resolve) => (timer = setTimeout(resolve, START_TIMEOUT_MS))),
    ]);
    clearTimeout(timer);
    if (!found) return undefined;
    const [, host, port] = found;
    const everywhere = ["0.0.0.0", "[::]", "*"].includes(host);
    return { host: everywhere ? "127.0.0.1" : host, port: Number(port) };
  }

  #forget(child) {
    if (this.#child !== child) return;
    this.#child = this.#starting = this.#address = undefined;
  }

  /** Resolves once the server has ended. Without a server it does nothing. */
  async stop() {
    await this.#starting?.catch(() => {});
    const child = this.#child;
    if (!child) return;
    child.ref();
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
    await this.#ended;
    clearTimeout(timer);
    this.#forget(child);
  }

  /**
   * Only the seed is left: no other content, no faults, no recorded requests, the real time. With a
   * prefix, only the content of the repository with this name and of those below it is deleted.
   */
  async reset(prefix) {
    await this.#call("POST", `/__parlel/reset${query({ prefix })}`);
  }

  /** Saves all content, and resolves to the number of the snapshot. A reset keeps snapshots. */
  async snapshot() {
    return (await this.#call("POST", "/__parlel/snapshot")).id;
  }

  /** Returns to the content of a snapshot. */
  async restore(snapshot) {
    await this.#call("POST", `/__parlel/snapshot/${snapshot}/restore`);
  }

  async removeSnapshot(snapshot) {
    await this.#call("DELETE", `/__parlel/snapshot/${snapshot}`);
  }

  /** Advances the clock that uploads and leases expire by: milliseconds, or a text such as "1h". */
  async advance(by) {
    return this.setClock({ advance: typeof by === "number" ? `${by}ms` : by });
  }

  /** Changes that clock, and resolves to what it shows. */
  async setClock(change) {
    return this.#call("POST", "/__parlel/clock", JSON.stringify(change));
  }

  /** Injects a fault by its name, as JSON or as an object, or an array of them; resolves to the faults. */
  async fail(fault) {
    const isName = typeof fault === "string" && !/^\s*[{[]/.test(fault);
    const rule = isName ? { name: fault } : fault;
    const body = typeof rule === "string" ? rule : JSON.stringify(rule);
    return (await this.#call("POST", "/__parlel/faults", body)).faults;
  }

  async clearFaults() {
    await this.#call("DELETE", "/__parlel/faults");
  }

  /** Recorded requests that match, the oldest first. */
  async requests(filter = {}) {
    return (await this.#call("GET", `/__parlel/requests${query(filter)}`)).requests;
  }

  /** Resolves to the matching requests once there are `count`; rejects after `timeout` milliseconds. */
  async waitFor(filter = {}, { count = 1, timeout = 5000 } = {}) {
    const within = typeof timeout === "number" ? `${timeout}ms` : timeout;
    const target = `/__parlel/requests/wait${query({ ...filter, count, timeout: within })}`;
    const { status, body } = await this.#send("GET", target);
    if (status !== 408) return parse(status, body).requests;
    const { requests } = JSON.parse(body);
    const error = new Error(`${requests.length} of ${count} requests within ${within}: ${JSON.stringify(filter)}`);
    throw Object.assign(error, { requests });
  }

  async clearRequests() {
    await this.#call("DELETE", "/__parlel/requests");
  }

  async #call(method, target, body) {
    const answer = await this.#send(method, target, body);
    return parse(answer.status, answer.body);
  }

  #send(method, target, body) {
    if (!this.#address) return Promise.reject(new Error("the registry is not running"));
    const prefix = this.#settings.prefix ?? this.#settings["http.prefix"] ?? "";
    return send(method, this.url + prefix.replace(/\/$/, "") + target, body);
  }
}

module.exports = { DockerRegistryServer };
