// docs/control-api.yaml is valid OpenAPI, and says the truth about a server that runs.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { after, before, test } from "node:test";

import { createConfig, lint } from "@redocly/openapi-core";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { parse } from "yaml";

const { DockerRegistryServer } = await import(`${process.env.GANTRY_SOURCE}/bindings/node/index.js`);
const file = `${process.env.GANTRY_SOURCE}/docs/control-api.yaml`;
const api = parse(await readFile(file, "utf8"));

// OpenAPI 3.1 has the schemas of JSON Schema 2020-12, with keywords of its own around them.
const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema(api, "api");

const pointer = (...steps) => steps.map((step) => `/${step.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
const resolve = (value) =>
  value.$ref ? resolve(value.$ref.slice(2).split("/").reduce((at, step) => at[step], api)) : value;

function check(value, where, what) {
  const valid = ajv.validate({ $ref: `api#${encodeURI(where)}` }, value);
  assert.ok(valid, `${what}: ${ajv.errorsText()}\n${JSON.stringify(value)}`);
}

/** The description of an answer: of its status, or of a class of them. */
function answerOf(operation, status) {
  const found = operation.responses[status] ?? operation.responses[`${Math.floor(status / 100)}XX`];
  assert.ok(found, `${operation.operationId} does not describe ${status}`);
  return resolve(found);
}

/** Where the schema of an answer is in the document; references are followed. */
function schemaOf(path, method, status) {
  const responses = api.paths[path][method].responses;
  const key = responses[status] ? status : `${Math.floor(status / 100)}XX`;
  const at = responses[key].$ref?.slice(1) ?? pointer("paths", path, method, "responses", String(key));
  return `${at}/content/application~1json/schema`;
}

let registry;
const covered = new Set();

before(async () => {
  registry = new DockerRegistryServer(0, { "gantry.undo.window": "1h" });
  await registry.start();
});

after(() => registry?.stop());

/** Sends a request, and checks its answer against the document. Returns what was answered. */
async function ask(method, path, { status, query = "", values = {}, body, headers = {} }) {
  const operation = api.paths[path][method];
  const what = `${method} ${path}${query}`;
  const target = path.replace(/{(\w+)}/g, (_, name) => values[name]);
  const answer = await fetch(registry.url + target + query, {
    method: method.toUpperCase(), headers, body: body === undefined ? undefined : JSON.stringify(body) });
  const text = await answer.text();
  assert.equal(answer.status, status, `${what}: ${text}`);
  const described = answerOf(operation, status);
  covered.add(operation.operationId);
  if (!described.content) {
    assert.equal(text, "");
    return undefined;
  }
  const type = answer.headers.get("Content-Type").split(";")[0];
  assert.ok(Object.keys(described.content).includes(type), `${what}: ${type}`);
  if (type !== "application/json") return text;
  const value = JSON.parse(text);
  check(value, schemaOf(path, method, status), what);
  return value;
}

test("the document is valid OpenAPI", async () => {
  // A path that ends with the name of a repository ends with a slash: `/history` could belong to the name.
  const config = await createConfig({ extends: ["recommended"], rules: { "no-path-trailing-slash": "off" } });
  const problems = await lint({ ref: file, config });
  assert.deepEqual(problems.map(({ ruleId, message, location }) => [ruleId, message, location[0].pointer]), []);
});

test("examples of requests are what the schemas and the server accept", async () => {
  let examples = 0;
  for (const [path, item] of Object.entries(api.paths))
    for (const [method, { requestBody }] of Object.entries(item))
      for (const [name, { value }] of Object.entries(requestBody?.content["application/json"].examples ?? {})) {
        check(value, `${pointer("paths", path, method)}/requestBody/content/application~1json/schema`, name);
        const status = path === "/mcp" ? ("id" in value ? 200 : 202) : path.endsWith("clock") ? 200 : 201;
        await ask(method, path, { status, body: value });
        ++examples;
      }
  assert.ok(examples > 5);
  await ask("delete", "/__parlel/faults", { status: 200 });
});

test("the server describes itself", async () => {
  await ask("get", "/", { status: 200 });
  assert.match(await ask("get", "/", { status: 200, headers: { Accept: "text/html" } }), /^<!doctype html>/);
  await ask("get", "/health", { status: 200 });
  await ask("get", "/livez", { status: 200 });
  await ask("get", "/readyz", { status: 200 });
  assert.match(await ask("get", "/metrics", { status: 200 }), /^# HELP gantry_build_info /);
});

test("faults are as described", async () => {
  const path = "/__parlel/faults";
  const { faults } = await ask("post", path, { status: 201, body: { name: "hub-429", count: 1 } });
  await ask("get", path, { status: 200 });
  const one = "/__parlel/faults/{id}";
  await ask("delete", one, { status: 200, values: { id: faults[0].id } });
  await ask("delete", one, { status: 404, values: { id: 7777 } });
  await ask("post", path, { status: 400, body: { effect: { status: 1 } } });
  await ask("get", path, { status: 403, headers: { Origin: "http://elsewhere" } });
});

test("each named fault is a rule", async () => {
  const { named } = await ask("get", "/__parlel/faults", { status: 200 });
  await ask("post", "/__parlel/faults", { status: 201, body: named.map(({ name }) => ({ name })) });
  await ask("get", "/__parlel/faults", { status: 200 });
  await ask("delete", "/__parlel/faults", { status: 200 });
});

test("recorded requests are as described", async () => {
  const path = "/__parlel/requests";
  await fetch(`${registry.url}/v2/library/hello-world/manifests/latest`);
  await fetch(`${registry.url}/v2/none/blobs/uploads/`, { method: "POST", body: new Blob(["x"]).stream(), duplex: "half" });
  const { requests } = await ask("get", path, { status: 200 });
  assert.ok(requests.some((seen) => seen.body_bytes === null));
  await ask("get", path, { status: 200, query: "?operation=get_manifest&status=2xx&n=1&since=0&method=GET" });
  await ask("get", path, { status: 400, query: "?n=0" });
  await ask("get", `${path}/wait`, { status: 200, query: "?count=1&timeout=1s" });
  await ask("get", `${path}/wait`, { status: 408, query: "?count=900&timeout=1ms" });
  await ask("get", `${path}/har`, { status: 200 });
  const events = await fetch(`${registry.url}${path}/events?since=0`);
  assert.equal(events.headers.get("Content-Type"), "text/event-stream");
  const { value } = await events.body.getReader().read();
  const data = /^data: (.*)$/m.exec(new TextDecoder().decode(value))[1];
  check(JSON.parse(data), "/components/schemas/RecordedRequest", "an event");
  covered.add("follow_requests");
  await ask("delete", path, { status: 200 });
});

test("agents are answered as described", async () => {
  const send = (status, body) => ask("post", "/mcp", { status, body });
  const { result } = await send(200, { jsonrpc: "2.0", id: "a", method: "tools/call", params: { name: "list_repositories" } });
  assert.deepEqual(result.structuredContent.repositories, ["library/hello-world"]);
  await send(200, { jsonrpc: "2.0", id: 1, method: "nowhere" });
  await send(400, [1]);
});

test("changes are told as described", async () => {
  const path = "/__gantry/v1/watch";
  const answer = await fetch(`${registry.url}${path}?after=0`);
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get("Content-Type"), "text/event-stream");
  const reader = answer.body.getReader();
  const manifests = `${registry.url}/v2/library/hello-world/manifests`;
  const manifest = await fetch(`${manifests}/latest`);
  const headers = { "Content-Type": manifest.headers.get("Content-Type") };
  await fetch(`${manifests}/watched`, { method: "PUT", headers, body: await manifest.text() });
  let text = "";
  while (!/^data: {"/m.test(text)) text += new TextDecoder().decode((await reader.read()).value);
  check(JSON.parse(/^data: ({".*)$/m.exec(text)[1]), "/components/schemas/Change", "an event");
  await reader.cancel();
  covered.add("watch_changes");
  await ask("get", path, { status: 400, query: "?repository=Team" });
});

test("webhooks are as described", async () => {
  const told = createServer((request, answer) => request.resume().on("end", () => answer.writeHead(202).end()));
  await new Promise((done) => told.listen(0, "127.0.0.1", done));
  const names = { URL: `http://127.0.0.1:${told.address().port}/`, NAME: "one" };
  for (const [name, value] of Object.entries(names)) process.env[`REGISTRY_NOTIFICATIONS_ENDPOINTS_0_${name}`] = value;
  const plain = registry;
  registry = new DockerRegistryServer(0);
  try {
    await registry.start();
    const { webhooks } = await ask("get", "/__gantry/v1/webhooks", { status: 200 });
    assert.deepEqual(webhooks.map(({ name }) => name), ["one"]);
    const path = "/__gantry/v1/webhooks/{id}/test";
    await ask("post", path, { status: 200, values: { id: "one" } });
    await ask("post", path, { status: 404, values: { id: "two" } });
    told.closeAllConnections();
    await new Promise((done) => told.close(done));
    await ask("post", path, { status: 502, values: { id: "one" } });
  } finally {
    await registry.stop();
    registry = plain;
    for (const name of Object.keys(names)) delete process.env[`REGISTRY_NOTIFICATIONS_ENDPOINTS_0_${name}`];
    told.close();
  }
});

test("retention is as described", async () => {
  const variable = "REGISTRY_GANTRY_RETENTION_RULES";
  process.env[variable] = "[{name: none, repositories: library/*, keep: {matching: [kept]}}]";
  const plain = registry;
  registry = new DockerRegistryServer(0, { "gantry.undo.window": "1h" });
  try {
    await registry.start();
    const { plan, tags } = await ask("post", "/__gantry/v1/retention/plan", { status: 200 });
    assert.equal(tags, 1);
    const { run } = await ask("post", "/__gantry/v1/retention/apply", { status: 200, query: `?plan=${plan}` });
    await ask("post", "/__gantry/v1/retention/apply", { status: 409, query: `?plan=${plan}` });
    const { repositories } = await ask("post", "/__gantry/v1/retention/undo", { status: 200, query: `?run=${run}` });
    assert.deepEqual(repositories.map(({ name }) => name), ["library/hello-world"]);
    await ask("post", "/__gantry/v1/retention/undo", { status: 400, query: "?run=last" });
  } finally {
    await registry.stop();
    registry = plain;
    delete process.env[variable];
  }
});

test("garbage collection is as described", async () => {
  await ask("get", "/__gantry/status", { status: 200 });
  await ask("get", "/__gantry/mode", { status: 200 });
  await ask("post", "/__gantry/mode", { status: 200, query: "?read_only=true" });
  await ask("post", "/__gantry/mode", { status: 400, query: "?read_only=maybe" });
  await ask("post", "/__gantry/mode", { status: 200, query: "?read_only=false" });
  await ask("get", "/__gantry/gc", { status: 200 });
  await ask("post", "/__gantry/gc", { status: 200, query: "?dry_run" });
  await ask("post", "/__gantry/gc", { status: 200 });
  await ask("get", "/__gantry/gc", { status: 200 });
});

test("the history and its undo are as described", async () => {
  const name = "library/hello-world";
  const at = (what) => `/__gantry/v1/repositories/{name}/${what}`;
  const { entries } = await ask("get", at("history"), { status: 200, values: { name }, query: "?tag=latest&n=1" });
  const digest = entries[0].after;
  await ask("get", at("history"), { status: 400, values: { name }, query: "?before=x" });
  await fetch(`${registry.url}/v2/${name}/manifests/${digest}`, { method: "DELETE" });
  const { manifests } = await ask("get", at("removed"), { status: 200, values: { name } });
  assert.deepEqual(manifests.map((each) => each.digest), [digest]);
  await ask("post", at("undo"), { status: 200, values: { name }, body: { manifest: digest } });
  await ask("post", at("undo"), { status: 200, values: { name }, body: { tag: "latest", to: entries[0].time } });
  await ask("post", at("undo"), { status: 404, values: { name }, body: { sequence: 1e9 } });
});

test("rich lists and the search are as described", async () => {
  const name = "library/hello-world";
  const manifest = await fetch(`${registry.url}/v2/${name}/manifests/latest`);
  const digest = manifest.headers.get("Docker-Content-Digest");
  const { repositories } = await ask("get", "/__gantry/v1/repositories", {
    status: 200, query: "?name=library/*&contains=WORLD&sort=-pulls" });
  assert.deepEqual(repositories.map((each) => [each.name, each.tags, each.pulls > 0]), [[name, 1, true]]);
  await ask("get", "/__gantry/v1/repositories", { status: 400, query: "?sort=colour" });
  const path = "/__gantry/v1/repositories/{name}/tags";
  const { tags } = await ask("get", path, { status: 200, values: { name }, query: "?sort=pushed" });
  assert.deepEqual(tags.map((each) => [each.name, each.digest, each.platforms]), [["latest", digest, ["linux/amd64"]]]);
  await ask("get", path, { status: 404, values: { name: "none" } });
  const { manifests } = await ask("get", "/__gantry/v1/search", { status: 200, query: `?digest=${digest}` });
  assert.deepEqual(manifests.map((each) => [each.repository, each.tags]), [[name, ["latest"]]]);
  await ask("get", "/__gantry/v1/search", { status: 400 });
});

test("copies, new names and deletions of repositories are as described", async () => {
  const copy = (status, query) => ask("post", "/__gantry/v1/copy", { status, query });
  const { manifests, tags } = await copy(200, "?from=library/hello-world:latest&to=copies/one:1");
  assert.deepEqual([manifests > 0, tags], [true, 1]);
  await copy(400, "?from=library/hello-world&to=copies/one");
  const at = (what) => `/__gantry/v1/repositories/{name}/${what}`;
  await ask("post", at("rename"), { status: 200, values: { name: "copies/one" }, query: "?to=copies/two" });
  await ask("post", at("rename"), { status: 404, values: { name: "copies/one" }, query: "?to=copies/three" });
  await ask("delete", at(""), { status: 200, values: { name: "copies/two" } });
  await ask("delete", at(""), { status: 404, values: { name: "copies/two" } });
  await ask("delete", at(""), { status: 200, values: { name: "copies/two" }, query: "?purge=true" });
});

test("snapshots are as described", async () => {
  const path = "/__parlel/snapshot";
  const { id } = await ask("post", path, { status: 201 });
  await ask("get", path, { status: 200 });
  await ask("post", `${path}/{id}/restore`, { status: 200, values: { id } });
  await ask("delete", `${path}/{id}`, { status: 200, values: { id } });
  await ask("delete", `${path}/{id}`, { status: 404, values: { id } });
});

test("the clock is as described", async () => {
  const path = "/__parlel/clock";
  await ask("post", path, { status: 200, body: { frozen: true } });
  await ask("get", path, { status: 200 });
  await ask("post", path, { status: 400, body: { advance: "-1h" } });
  await ask("post", path, { status: 200, body: { real: true } });
});

test("the emulator's controls are as described", async () => {
  await ask("get", "/__parlel/repositories", { status: 200 });
  await ask("post", "/__parlel/reset", { status: 200, query: "?prefix=team" });
  await ask("post", "/__parlel/reset", { status: 400, query: "?prefix=" });
  await ask("post", "/__parlel/reset", { status: 200 });
});

test("each operation was asked", () => {
  const all = Object.values(api.paths).flatMap((item) => Object.values(item).map((each) => each.operationId));
  assert.deepEqual([...covered].sort(), all.sort());
});
