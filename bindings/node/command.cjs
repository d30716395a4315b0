// Turns options into the arguments and variables of `gantry serve`.
"use strict";

// The server ignores variables that it does not know, so names of keys are checked here.
// The tests compare this list with docs/configuration.md.
const KEYS = new Set(
  `auth.htpasswd.path auth.htpasswd.realm auth.token.autoredirect auth.token.autoredirectpath
  auth.token.issuer auth.token.jwks auth.token.realm auth.token.rootcertbundle auth.token.service
  auth.token.signingalgorithms catalog.maxentries gantry.accesslog.file gantry.accesslog.format
  gantry.audit.file gantry.auth.challenge gantry.auth.issuers gantry.auth.tokenkeys
  gantry.auth.tokens gantry.blobs.lease gantry.blobs.maxsize gantry.connections.max
  gantry.connections.peraddress gantry.control gantry.cors.origins gantry.exit.idle
  gantry.exit.parent gantry.faults gantry.gc.grace gantry.gc.interval gantry.gc.untagged
  gantry.history.keep gantry.hosts.allowed gantry.http.proxyprotocol gantry.journal.entries
  gantry.lock.wait
  gantry.memory.inflight gantry.memory.limit gantry.pages.default gantry.pages.strict
  gantry.policy.file gantry.profile.name gantry.profile.repositories gantry.rates
  gantry.referrers.enabled gantry.replay.file gantry.replay.order gantry.repositories.max
  gantry.reset.allowed gantry.retention.interval gantry.scheduler.polling
  gantry.scheduler.separate gantry.scrub.interval
  gantry.scrub.rate gantry.seed gantry.tags.immutable gantry.threads gantry.timeouts.body
  gantry.timeouts.bodyrate gantry.timeouts.head gantry.timeouts.idle gantry.timeouts.send
  gantry.timeouts.stall gantry.tls.certificates gantry.tls.clientuser gantry.undo.space
  gantry.undo.window gantry.uploads.max
  gantry.uploads.minchunk gantry.uploads.perrepository gantry.validation.lenient
  gantry.validation.references http.addr http.debug.addr http.debug.prometheus.enabled
  http.debug.prometheus.path http.draintimeout http.headers http.host http.prefix
  http.relativeurls http.tls.certificate http.tls.ciphersuites http.tls.clientauth
  http.tls.clientcas http.tls.key http.tls.minimumtls http.trustedproxies log.accesslog.disabled
  log.formatter log.level storage.delete.enabled storage.filesystem.rootdirectory
  storage.maintenance.readonly.enabled storage.maintenance.uploadpurging.age`.split(/\s+/),
);

const kebab = (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Arguments and variables of the server: flags become arguments, keys become variables. */
function commandOf(settings, port, host) {
  const flags = new Map([
    ["addr", [`${host}:${port}`]],
    ["access-log", ["off"]],
    ["parent-pid", [process.pid]],
  ]);
  const env = { ...process.env };
  for (const [name, value] of Object.entries(settings)) {
    if (value === undefined) continue;
    const values = Array.isArray(value) ? value : [value];
    if (!name.includes(".")) {
      flags.set(kebab(name), values);
      continue;
    }
    if (!KEYS.has(name)) throw new TypeError(`'${name}' is not the key of a setting`);
    const separator = name === "http.headers" ? "\n" : ",";
    env[`REGISTRY_${name.toUpperCase().replaceAll(".", "_")}`] = values.join(separator);
    if (name === "http.addr") flags.delete("addr");
    if (name === "gantry.accesslog.format") flags.delete("access-log");
    if (name === "gantry.exit.parent") flags.delete("parent-pid");
  }
  const args = ["serve"];
  for (const [flag, values] of flags) for (const each of values) args.push(`--${flag}=${each}`);
  return { args, env };
}

module.exports = { commandOf };
