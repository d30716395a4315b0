import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { DockerRegistryServer } from "./index.js";

const here = dirname(fileURLToPath(import.meta.url));
// The tests run in a copy, so that no node_modules are in the source tree.
const root = process.env.GANTRY_SOURCE ?? `${here}/../..`;
const json = async (url, options) => (await fetch(url, options)).json();

/** What a program prints that another node runs to its end. */
async function printed(script, type = "commonjs") {
  const child = spawn(process.execPath, [`--input-type=${type}`, "-e", script], { cwd: here, stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout.on("data", (part) => (text += part));
  expect(await new Promise((resolve) => child.once("close", resolve))).toBe(0);
  return text.trim();
}

describe("the emulator", () => {
  const registry = new DockerRegistryServer(0);
  beforeAll(() => registry.start());
  beforeEach(() => registry.reset());
  afterAll(() => registry.stop());

  const push = (tag) =>
    fetch(`${registry.url}/v2/demo/app/manifests/${tag}`, {
      method: "PUT",
      headers: { "Content-Type": "application/vnd.oci.image.index.v1+json" },
      body: '{"schemaVersion":2,"manifests":[]}',
    });

  it("listens on a free port", async () => {
    expect(registry.host).toBe("127.0.0.1");
    expect(registry.port).toBeGreaterThan(0);
    expect(registry.url).toBe(`http://127.0.0.1:${registry.port}`);
    expect(await json(`${registry.url}/health`)).toEqual({ status: "ok" });
  });

  it("has an image to pull", async () => {
    const answer = await fetch(`${registry.url}/v2/library/hello-world/manifests/latest`);
    expect(answer.status).toBe(200);
    const { config } = await answer.json();
    expect((await fetch(`${registry.url}/v2/library/hello-world/blobs/${config.digest}`)).status).toBe(200);
  });

  it("lists repositories, and only the seed after a reset", async () => {
    expect((await push("v1")).status).toBe(201);
    const listed = await json(`${registry.url}/__parlel/repositories`);
    expect(listed.count).toBe(2);
    expect(listed.repositories.sort()).toEqual(["demo/app", "library/hello-world"]);
    expect(await json(`${registry.url}/__parlel/reset`, { method: "POST" })).toEqual({ ok: true });
    const left = { repositories: ["library/hello-world"], count: 1 };
    expect(await json(`${registry.url}/__parlel/repositories`)).toEqual(left);
  });

  it("resets the repositories below a prefix", async () => {
    await push("v1");
    await registry.reset("library/");
    expect((await json(`${registry.url}/__parlel/repositories`)).repositories).toEqual(["demo/app"]);
    await expect(registry.reset("NoName")).rejects.toThrow("prefix: 'NoName'");
    await expect(registry.reset("")).rejects.toMatchObject({ status: 400 });
  });

  it("returns to a snapshot", async () => {
    await push("v1");
    const prepared = await registry.snapshot();
    await registry.reset();
    await push("v2");
    await registry.restore(prepared);
    expect((await json(`${registry.url}/v2/demo/app/tags/list`)).tags).toEqual(["v1"]);
    await registry.removeSnapshot(prepared);
    await expect(registry.restore(prepared)).rejects.toMatchObject({ status: 404 });
  });

  it("sets the time", async () => {
    const begun = await fetch(`${registry.url}/v2/demo/app/blobs/uploads/`, { method: "POST" });
    const upload = registry.url + begun.headers.get("Location");
    expect((await registry.advance("23h")).real).toBe(false);
    expect((await fetch(upload)).status).toBe(204);
    await registry.advance(24 * 3_600_000);
    expect((await fetch(upload)).status).toBe(404);
    const set = { now: "2026-01-31T12:00:00.000000Z", frozen: true };
    expect(await registry.setClock(set)).toEqual({ ...set, real: false });
    await expect(registry.advance("soon")).rejects.toThrow("advance: ");
  });

  it("fails on demand until the faults are cleared", async () => {
    const [fault] = await registry.fail("hub-429");
    expect(fault.name).toBe("hub-429");
    const pull = () => fetch(`${registry.url}/v2/library/hello-world/manifests/latest`);
    expect((await pull()).status).toBe(429);
    await registry.clearFaults();
    expect((await pull()).status).toBe(200);
  });

  it("takes faults as objects, arrays and JSON", async () => {
    const rule = { match: { operation: "put_manifest" }, nth: 1, effect: { status: 504 } };
    await registry.fail(rule);
    expect((await push("v1")).status).toBe(504);
    expect((await push("v1")).status).toBe(201);
    expect(await registry.fail([rule, { name: "slow-blobs" }])).toHaveLength(2);
    expect(await registry.fail(JSON.stringify(rule))).toHaveLength(1);
  });

  it("says what is wrong with a fault", async () => {
    await expect(registry.fail("nope")).rejects.toThrow("'nope' is no named fault");
  });

  it("shows the requests, and waits for them", async () => {
    const waiting = registry.waitFor({ operation: "put_manifest" }, { count: 2 });
    await push("v1");
    await push("v2");
    expect((await waiting).map((each) => each.target)).toEqual([
      "/v2/demo/app/manifests/v1",
      "/v2/demo/app/manifests/v2",
    ]);
    expect(await registry.requests({ repository: "demo/app", n: 1 })).toHaveLength(1);
    await registry.clearRequests();
    expect(await registry.requests()).toEqual([]);
  });

  it("rejects with what came if it waits in vain", async () => {
    await push("v1");
    await registry.waitFor({ method: "PUT" });
    const waiting = registry.waitFor({ method: "PUT" }, { count: 2, timeout: 1 });
    await expect(waiting).rejects.toMatchObject({
      message: expect.stringContaining("1 of 2 requests"),
      requests: [{ method: "PUT" }],
    });
  });
});

describe("options", () => {
  let registry;
  const started = (options, port = 0) => (registry = new DockerRegistryServer(port, options)).start();
  const remove = () =>
    fetch(`${registry.url}/v2/library/hello-world/manifests/latest`, { method: "DELETE" });
  afterEach(() => registry?.stop());

  it("has the emulator's port by default", () => {
    expect(new DockerRegistryServer().url).toBe("http://127.0.0.1:4775");
  });

  it("takes flags", async () => {
    await started({ readOnly: true, memoryLimit: "1GiB", header: ["X-One: 1", "X-Two: 2"] });
    expect((await remove()).status).toBe(405);
    const { headers } = await fetch(registry.url);
    expect([headers.get("X-One"), headers.get("X-Two")]).toEqual(["1", "2"]);
  });

  it("takes a false flag and the value undefined", async () => {
    await started({ noDelete: false, seed: undefined });
    expect((await remove()).status).toBe(202);
  });

  it("takes keys", async () => {
    await started({ "storage.delete.enabled": false, "http.headers": ["X-One: 1", "X-Two: 2"] });
    expect((await remove()).status).toBe(405);
    expect((await fetch(registry.url)).headers.get("X-Two")).toBe("2");
  });

  it("knows all keys", async () => {
    const settings = await readFile(`${root}/docs/configuration.md`, "utf8");
    const documented = [...settings.matchAll(/^\| `([a-z.]+)` \| `--/gm)].map((row) => row[1]);
    const source = await readFile(`${here}/command.cjs`, "utf8");
    const known = /KEYS = new Set\(\s*`([^`]+)`/.exec(source)[1].split(/\s+/);
    expect(known).toEqual([...new Set(documented)].sort());
  });

  it("starts empty with seed: false, below a prefix", async () => {
    await started({ seed: false, prefix: "/registry" });
    await registry.reset();
    expect(await json(`${registry.url}/registry/v2/_catalog`)).toEqual({ repositories: [] });
  });

  it("refuses what the server refuses", async () => {
    await expect(started({ bogusThing: 1 })).rejects.toThrow("unknown option --bogus-thing");
    await expect(started({ pageMax: "many" })).rejects.toThrow("--page-max");
    await expect(started({ "gantry.bogus": 1 })).rejects.toThrow("'gantry.bogus' is not the key");
    await expect(started({ binary: "/no/such/program" })).rejects.toThrow("/no/such/program");
  });

  it("says that a port is taken", async () => {
    const first = await new DockerRegistryServer(0).start();
    try {
      await expect(started({}, first.port)).rejects.toThrow(/did not start: .*in use/i);
    } finally {
      await first.stop();
    }
  });
});

describe("the process", () => {
  it("stops, starts again and forgets", async () => {
    const registry = new DockerRegistryServer(0);
    await registry.stop();
    await Promise.all([registry.start(), registry.start()]);
    const { url } = registry;
    await registry.stop();
    await registry.stop();
    await expect(fetch(`${url}/health`)).rejects.toThrow();
    await expect(registry.reset()).rejects.toThrow("not running");
    await registry.start();
    expect((await fetch(`${registry.url}/health`)).status).toBe(200);
    await registry.stop();
  });

  it("is a CommonJS module and an ES module", async () => {
    const script = `const required = require("gantry-registry");
      import("gantry-registry").then((imported) =>
        console.log(imported.DockerRegistryServer === required.DockerRegistryServer));`;
    expect(await printed(script)).toBe("true");
  });

  it("leaves nothing behind if stop() is forgotten", { timeout: 30_000 }, async () => {
    const script = `const { DockerRegistryServer } = require("gantry-registry");
      new DockerRegistryServer(0, { idleExit: "20s" }).start().then((registry) => console.log(registry.url));`;
    const url = await printed(script);
    expect(url).toMatch(/^http/);
    const gone = async () => fetch(`${url}/health`).then(() => false, () => true);
    await expect.poll(gone, { timeout: 10_000 }).toBe(true);
  });
});

it("does what docs/testing.md shows", async () => {
  const page = await readFile(`${root}/docs/testing.md`, "utf8");
  const [, script] = /```js bindings.node\n([^]*?)```/.exec(page);
  expect(await printed(script, "module")).toBe("");
});

it("does what README.md shows", async () => {
  const readme = await readFile(`${here}/README.md`, "utf8");
  const [, script, output] = /```js\n([^]*?)```\n```text\n([^]*?)\n```/.exec(readme);
  expect(await printed(script, "module")).toBe(output);
});
