// What the documentation of the in-memory emulator shows, which this package stands in for: its quick start, each
// of its operations, and its errors. docs/docker-registry.md of the emulator names them in this order.
import { createHash } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { DockerRegistryServer } from "./index.js";

const MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
const sha256 = (bytes) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

/** The calls of a client of `server`, which is running. */
function clientOf(server) {
  const call = (method, path, { body, type, ...headers } = {}) =>
    fetch(new URL(path, server.url), { method, body, headers: type ? { "Content-Type": type, ...headers } : headers });
  return {
    get: (path, headers) => call("GET", path, headers),
    head: (path) => call("HEAD", path),
    put: (path, body, type) => call("PUT", path, { body, type }),
    patch: (path, body) => call("PATCH", path, { body, type: "application/octet-stream" }),
    post: (path, body) => call("POST", path, { body }),
    erase: (path) => call("DELETE", path),
    options: (path) => call("OPTIONS", path),
  };
}

const codeOf = async (answer) => (await answer.json()).errors[0].code;
const finished = (location, digest) => `${location}${location.includes("?") ? "&" : "?"}digest=${digest}`;

describe("the quick start", () => {
  it("starts on a port, answers and stops", async () => {
    const free = new DockerRegistryServer(0);
    await free.start();
    const { port } = free;
    await free.stop();

    const server = new DockerRegistryServer(port, { host: "127.0.0.1" });
    await server.start();
    expect([server.port, server.host]).toEqual([port, "127.0.0.1"]);
    const base = `http://127.0.0.1:${port}`;
    const probe = await fetch(`${base}/v2/`);
    expect([probe.status, await probe.json()]).toEqual([200, {}]);
    const pull = await fetch(`${base}/v2/library/hello-world/manifests/latest`);
    expect(pull.headers.get("Docker-Content-Digest")).toBe(sha256(await pull.text()));
    await server.stop();
    await expect(fetch(`${base}/v2/`)).rejects.toThrow();
  });
});

describe("the operations", () => {
  const server = new DockerRegistryServer(0);
  let client;
  beforeAll(async () => {
    await server.start();
    client = clientOf(server);
  });
  beforeEach(() => server.reset());
  afterAll(() => server.stop());

  it("checks the version of the API", async () => {
    for (const method of ["get", "head"]) {
      const answer = await client[method]("/v2/");
      expect(answer.status).toBe(200);
      expect(answer.headers.get("Docker-Distribution-Api-Version")).toBe("registry/2.0");
    }
  });

  it("takes a token that it does not need", async () => {
    expect((await client.get("/v2/_catalog", { Authorization: "Bearer any.thing.goes" })).status).toBe(200);
  });

  it("lists repositories and tags", async () => {
    expect(await (await client.get("/v2/_catalog")).json()).toEqual({ repositories: ["library/hello-world"] });
    const tags = await client.get("/v2/library/hello-world/tags/list");
    expect(await tags.json()).toEqual({ name: "library/hello-world", tags: ["latest"] });
  });

  it("pulls a manifest by tag and by digest, with GET and HEAD", async () => {
    const path = "/v2/library/hello-world/manifests";
    const byTag = await client.get(`${path}/latest`);
    const digest = byTag.headers.get("Docker-Content-Digest");
    expect(byTag.headers.get("Content-Type")).toBe(MANIFEST);
    expect(await (await client.get(`${path}/${digest}`)).text()).toBe(await byTag.text());
    for (const reference of ["latest", digest]) {
      const answer = await client.head(`${path}/${reference}`);
      expect([answer.status, answer.headers.get("Docker-Content-Digest")]).toEqual([200, digest]);
    }
  });

  it("takes docker's manifest without a config, and warns", async () => {
    const body = JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST, layers: [] });
    const pushed = await client.put("/v2/my/app/manifests/v1.0", body, MANIFEST);
    expect([pushed.status, pushed.headers.get("Docker-Content-Digest")]).toEqual([201, sha256(body)]);
    expect(pushed.headers.get("Warning")).toMatch(/^299 - "/);
    expect((await (await client.get("/v2/my/app/tags/list")).json()).tags).toEqual(["v1.0"]);
    for (const reference of ["v1.0", sha256(body)]) {
      const pulled = await client.get(`/v2/my/app/manifests/${reference}`);
      expect([pulled.status, await pulled.text()]).toEqual([200, body]);
    }
  });

  it("takes a blob in one request", async () => {
    const bytes = "all at once";
    const pushed = await client.post(`/v2/my/app/blobs/uploads/?digest=${sha256(bytes)}`, bytes);
    expect([pushed.status, pushed.headers.get("Docker-Content-Digest")]).toEqual([201, sha256(bytes)]);
    expect(await (await client.get(pushed.headers.get("Location"))).text()).toBe(bytes);
  });

  it("takes a blob in a session: begin, chunks, end", async () => {
    const chunks = ["one ", "two ", "three"];
    const digest = sha256(chunks.join(""));
    const begun = await client.post("/v2/my/app/blobs/uploads/");
    expect(begun.status).toBe(202);
    expect(begun.headers.get("Docker-Upload-Uuid")).toBeTruthy();
    let location = begun.headers.get("Location");
    expect(location).toContain("/v2/my/app/blobs/uploads/");
    for (const chunk of chunks.slice(0, 2)) {
      const added = await client.patch(location, chunk);
      expect(added.status).toBe(202);
      location = added.headers.get("Location");
    }
    const ended = await client.put(finished(location, digest), chunks[2], "application/octet-stream");
    expect([ended.status, ended.headers.get("Docker-Content-Digest")]).toEqual([201, digest]);
    const pulled = await client.get(`/v2/my/app/blobs/${digest}`);
    expect([pulled.status, await pulled.text()]).toEqual([200, chunks.join("")]);
    expect((await client.head(`/v2/my/app/blobs/${digest}`)).status).toBe(200);
  });

  it("pushes and pulls a whole image, and deletes it", async () => {
    const config = '{"architecture":"amd64","os":"linux"}';
    const layer = "the bytes of a layer";
    for (const bytes of [config, layer])
      await client.post(`/v2/my/app/blobs/uploads/?digest=${sha256(bytes)}`, bytes);
    const described = (bytes, mediaType) => ({ mediaType, size: bytes.length, digest: sha256(bytes) });
    const image = JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST,
      config: described(config, "application/vnd.docker.container.image.v1+json"),
      layers: [described(layer, "application/vnd.docker.image.rootfs.diff.tar.gzip")],
    });
    const pushed = await client.put("/v2/my/app/manifests/latest", image, MANIFEST);
    expect([pushed.status, pushed.headers.get("Warning")]).toEqual([201, null]);
    const { layers } = await (await client.get("/v2/my/app/manifests/latest")).json();
    expect(await (await client.get(`/v2/my/app/blobs/${layers[0].digest}`)).text()).toBe(layer);
    expect((await client.erase(`/v2/my/app/manifests/${sha256(image)}`)).status).toBe(202);
    expect((await client.get("/v2/my/app/manifests/latest")).status).toBe(404);
    expect((await client.erase(`/v2/my/app/blobs/${sha256(layer)}`)).status).toBe(202);
  });

  it("introduces itself, and is healthy", async () => {
    expect(await (await client.get("/")).json()).toMatchObject({
      name: "docker-registry",
      protocol: "docker-registry-v2",
      api_url: `${server.url}/v2`,
    });
    expect(await (await client.get("/health")).json()).toEqual({ status: "ok" });
  });

  it("lists and forgets repositories on its own routes", async () => {
    await client.put("/v2/my/app/manifests/v1", JSON.stringify({ schemaVersion: 2, layers: [] }), MANIFEST);
    const names = async () => (await client.get("/__parlel/repositories")).json();
    expect(await names()).toEqual({ repositories: ["library/hello-world", "my/app"], count: 2 });
    expect(await (await client.post("/__parlel/reset")).json()).toEqual({ ok: true });
    expect(await names()).toEqual({ repositories: ["library/hello-world"], count: 1 });
  });

  it("lets browsers in", async () => {
    expect((await client.options("/v2/_catalog")).status).toBe(204);
    expect((await client.get("/v2/_catalog")).headers.get("Access-Control-Allow-Origin")).toBe("*");
  });

  it("says what it does not know, and what it does not do", async () => {
    const absent = sha256("never pushed");
    for (const [path, code] of [
      ["/v2/nope/tags/list", "NAME_UNKNOWN"],
      ["/v2/nope/manifests/latest", "MANIFEST_UNKNOWN"],
      ["/v2/library/hello-world/manifests/missing", "MANIFEST_UNKNOWN"],
      [`/v2/library/hello-world/blobs/${absent}`, "BLOB_UNKNOWN"],
    ]) {
      const answer = await client.get(path);
      expect([path, answer.status, await codeOf(answer)]).toEqual([path, 404, code]);
    }
    const refused = await client.post("/v2/library/hello-world/manifests/latest");
    expect([refused.status, await codeOf(refused)]).toEqual([405, "UNSUPPORTED"]);
  });
});

// The emulator does not verify digests.
describe("digests on trust", () => {
  const server = new DockerRegistryServer(0, { lenient: true });
  let client;
  beforeAll(async () => {
    await server.start();
    client = clientOf(server);
  });
  afterAll(() => server.stop());

  it("keeps a blob under the digest that it is given", async () => {
    const begun = await client.post("/v2/my/app/blobs/uploads/");
    const location = finished(begun.headers.get("Location"), "sha256:abc");
    const ended = await client.put(location, "other bytes", "application/octet-stream");
    expect([ended.status, ended.headers.get("Docker-Content-Digest")]).toEqual([201, "sha256:abc"]);
    expect(await (await client.get("/v2/my/app/blobs/sha256:abc")).text()).toBe("other bytes");
  });

  it("computes a digest that is not given", async () => {
    const begun = await client.post("/v2/my/app/blobs/uploads/");
    const ended = await client.put(begun.headers.get("Location"), "bytes", "application/octet-stream");
    expect([ended.status, ended.headers.get("Docker-Content-Digest")]).toEqual([201, sha256("bytes")]);
  });

  it("keeps any bytes as a manifest", async () => {
    const pushed = await client.put("/v2/my/app/manifests/odd", "not JSON", "text/plain");
    expect(pushed.status).toBe(201);
    expect(await (await client.get("/v2/my/app/manifests/odd")).text()).toBe("not JSON");
  });
});

it("starts with the content that a file describes", async () => {
  const { mkdtemp, rm, writeFile } = await import("node:fs/promises");
  const folder = await mkdtemp("/tmp/gantry-seed-");
  const seed = `${folder}/content.yml`;
  await writeFile(seed, 'repositories:\n  team/app:\n    tags: [a..c, "1.0"]\n');
  const server = new DockerRegistryServer(0, { seed });
  try {
    await server.start();
    await rm(seed);
    await server.reset();
    const tags = await (await fetch(`${server.url}/v2/team/app/tags/list`)).json();
    expect(tags).toEqual({ name: "team/app", tags: ["1.0", "a", "b", "c"] });
  } finally {
    await server.stop();
    await rm(folder, { recursive: true });
  }
});
