// Compiled, not run: what the declarations accept and refuse.
import { DockerRegistryServer, type RecordedRequest } from "gantry-registry";

const registry = new DockerRegistryServer(0, { readOnly: true, "http.headers": ["X-One: 1"] });
const port: number = (await registry.start()).port;
const seen: RecordedRequest[] = await registry.waitFor({ method: "PUT" }, { count: 2, timeout: "10s" });
await registry.fail({ match: { operation: "get_blob" }, effect: { status: 503 } });
await registry.reset("team");
await registry.restore(await registry.snapshot());
const frozen: boolean = (await registry.setClock({ now: "2026-01-31T12:00:00Z", frozen: true })).frozen;
await registry.advance("1h");
// @ts-expect-error: requests have no colour.
await registry.requests({ colour: "red" });
export { frozen, port, seen };
