// The client of the Model Context Protocol's own SDK, as agents use it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

const { DockerRegistryServer } = await import(`${process.env.GANTRY_SOURCE}/bindings/node/index.js`);

let registry;
let agent;

before(async () => {
  registry = new DockerRegistryServer(0, { seed: "false" });
  await registry.start();
  agent = new Client({ name: "test", version: "1" });
  await agent.connect(new StreamableHTTPClientTransport(new URL(`${registry.url}/mcp`)));
  // From here on the client checks each result against the schema of its tool.
  await agent.listTools();
});

after(async () => {
  await agent?.close();
  await registry?.stop();
});

async function call(name, args = {}) {
  const result = await agent.callTool({ name, arguments: args });
  assert.ok(!result.isError, JSON.stringify(result));
  return result.structuredContent;
}

test("the server introduces itself", async () => {
  assert.equal(agent.getServerVersion().name, "gantry");
  assert.deepEqual(agent.getServerCapabilities(), { tools: {} });
  assert.match(agent.getInstructions(), /set_fault/);
  await agent.ping();
});

test("each tool says what it takes, what it returns and what it changes", async () => {
  const { tools } = await agent.listTools();
  assert.deepEqual(tools.filter((tool) => tool.annotations.readOnlyHint).map((tool) => tool.name), [
    "list_repositories", "list_tags", "read_manifest", "list_faults", "list_requests"]);
  for (const tool of tools) {
    assert.equal(tool.inputSchema.type, "object");
    assert.equal(tool.outputSchema.type, "object");
  }
});

test("an image that was pushed can be listed, read and pulled", async () => {
  const pushed = await call("push_image", { repository: "team/app", tag: "1", layers: ["one", "two"] });
  assert.deepEqual(await call("list_repositories"), { repositories: ["team/app"], more: false });
  assert.deepEqual(await call("list_tags", { repository: "team/app" }),
    { repository: "team/app", tags: ["1"], more: false });
  const read = await call("read_manifest", { repository: "team/app", reference: "1" });
  assert.equal(read.digest, pushed.digest);
  const pulled = await fetch(`${registry.url}/v2/team/app/manifests/1`);
  assert.equal(await pulled.text(), read.manifest);
});

test("a client under test meets a fault, and its requests are seen", async () => {
  await call("clear_requests");
  const { faults } = await call("set_fault", { name: "hub-429", count: 1 });
  const statuses = [];
  for (let i = 0; i < 2; ++i)
    statuses.push((await fetch(`${registry.url}/v2/team/app/manifests/1`)).status);
  assert.deepEqual(statuses, [429, 200]);
  assert.equal((await call("list_faults")).faults[0].hits, 1);
  const { requests, count } = await call("list_requests", { operation: "get_manifest" });
  assert.equal(count, 2);
  assert.deepEqual(requests.map((seen) => seen.fault), ["hub-429", ""]);
  await call("clear_faults", { id: faults[0].id });
  await call("set_fault", { match: { operation: "base" }, effect: { status: 503, headers: { "Retry-After": "1" } } });
  assert.equal((await fetch(`${registry.url}/v2/`)).status, 503);
  await call("reset");
  assert.deepEqual((await call("list_faults")).faults, []);
});

test("a failure says what to do", async () => {
  const failed = await agent.callTool({ name: "list_tags", arguments: { repository: "absent" } });
  assert.ok(failed.isError);
  assert.match(failed.content[0].text, /push to it first/);
  await assert.rejects(agent.callTool({ name: "rm", arguments: {} }), { code: -32602 });
  await assert.rejects(agent.listResources(), { code: -32601 });
});
