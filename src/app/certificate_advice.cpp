#include "app/certificate_advice.hpp"

#include <string_view>
#include <utility>

namespace gantry::app {

namespace {

constexpr std::string_view on_trust = R"(
Serve:
  gantry serve --tls-cert {dir}/server.crt --tls-key {dir}/server.key

Let clients trust the authority, here for images whose names begin with {host}:4775.
docker, without a restart:
  sudo install -D -m 644 {dir}/ca.crt /etc/docker/certs.d/{host}:4775/ca.crt
podman, skopeo, buildah:
  sudo install -D -m 644 {dir}/ca.crt /etc/containers/certs.d/{host}:4775/ca.crt
containerd, in /etc/containerd/certs.d/{host}:4775/hosts.toml:
  server = "https://{host}:4775"
  [host."https://{host}:4775"]
    ca = "{dir}/ca.crt"
all programs of this machine (Debian; others have update-ca-trust):
  sudo install -m 644 {dir}/ca.crt /usr/local/share/ca-certificates/gantry-dev.crt
  sudo update-ca-certificates
)";

constexpr std::string_view on_clients = R"(
Let clients in by their certificates:
  gantry serve --tls-cert {dir}/server.crt --tls-key {dir}/server.key --tls-client-ca {dir}/ca.crt

Let clients show theirs, here as {client}. A program that can read the key is {client}.
docker, without a restart (it has none for 127.0.0.0/8, which it does not verify either):
  sudo install -D -m 644 {dir}/{client}.crt /etc/docker/certs.d/{host}:4775/client.cert
  sudo install -D -m 600 {dir}/{client}.key /etc/docker/certs.d/{host}:4775/client.key
podman, skopeo, buildah (or --cert-dir DIR, with ca.crt and these two names in DIR):
  sudo install -D -m 644 {dir}/{client}.crt /etc/containers/certs.d/{host}:4775/client.cert
  sudo install -D -m 600 {dir}/{client}.key /etc/containers/certs.d/{host}:4775/client.key
containerd, below ca in hosts.toml:
    client = [["{dir}/{client}.crt", "{dir}/{client}.key"]]
curl:
  curl --cacert {dir}/ca.crt --cert {dir}/{client}.crt --key {dir}/{client}.key https://{host}:4775/v2/
)";

std::string filled(std::string text, std::string_view place, const std::string& value) {
  for (auto at = text.find(place); at != std::string::npos;
       at = text.find(place, at + value.size()))
    text.replace(at, place.size(), value);
  return text;
}

std::string joined(const std::vector<std::string>& names) {
  std::string all;
  for (const auto& name : names)
    all.append(all.empty() ? "" : ", ").append(name);
  return all;
}

/// A line for each pair of files.
std::string files_of(const made_certificates& made) {
  std::string lines =
    "{dir}/ca.crt      " + std::string{made.is_new_authority ? "a new" : "the known"} +
    " authority; {dir}/ca.key is its key: keep it secret\n" + "{dir}/server.crt  for " +
    joined(made.hosts) + ", until " + made.until + "; {dir}/server.key is its key\n";
  for (const auto& client : made.clients)
    lines += "{dir}/" + client + ".crt  for the client " + client + ", until " + made.until +
             "; {dir}/" + client + ".key is its key\n";
  return lines;
}

/// A host that other machines know, if there is one: the first three are localhost.
const std::string& host_of(const made_certificates& made) {
  const auto& hosts = made.hosts;
  return hosts.size() > 3 && !hosts[3].starts_with('*') ? hosts[3] : hosts.front();
}

} // namespace

std::string advice_on(const made_certificates& made) {
  auto text = files_of(made) + std::string{on_trust};
  if (!made.clients.empty())
    text += filled(std::string{on_clients}, "{client}", made.clients.front());
  return filled(filled(std::move(text), "{dir}", made.folder.string()), "{host}", host_of(made));
}

} // namespace gantry::app
