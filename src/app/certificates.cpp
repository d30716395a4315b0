#include "app/certificates.hpp"

#include "app/file_replacement.hpp"
#include "app/issuing.hpp"
#include "net/pem_files.hpp"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace gantry::app {

namespace {

namespace fs = std::filesystem;

constexpr mode_t for_the_owner = 0600;
constexpr mode_t for_all = 0644;

[[noreturn]] void refuse(const fs::path& file, const std::string& why) {
  throw std::runtime_error{file.string() + ": " + why};
}

void close_file(std::FILE* file) noexcept {
  std::fclose(file);
}

/// Reads with `read`, a function of OpenSSL's; empty if the file is absent.
template <class Handle, class Read>
std::optional<Handle> read_pem(const fs::path& file, const std::string& what, Read read) {
  const openssl_handle<std::FILE, close_file> opened{std::fopen(file.c_str(), "re")};
  if (!opened && errno == ENOENT)
    return std::nullopt;
  if (!opened)
    refuse(file, std::generic_category().message(errno));
  Handle found{read(opened.get(), nullptr, nullptr, nullptr)};
  if (!found)
    refuse(file, "this file holds no " + what + " in PEM");
  return found;
}

/// The file appears as a whole, and a key is readable by others at no time.
void write(const fs::path& file, const std::string& text, mode_t mode) {
  try {
    replace_file(file, text, [mode](int descriptor) { return ::fchmod(descriptor, mode) == 0; });
  } catch (const std::system_error& failure) {
    refuse(file, failure.code().message());
  }
}

/// The authority of the folder; a new one if there is none.
issued open_authority(const fs::path& folder, bool& is_new) {
  const auto file = folder / "ca.crt";
  const auto key_file = folder / "ca.key";
  auto certificate = read_pem<decltype(issued::certificate)>(file, "certificate", ::PEM_read_X509);
  auto key = read_pem<decltype(issued::key)>(key_file, "private key", ::PEM_read_PrivateKey);
  is_new = !certificate && !key;
  if (is_new) {
    std::array<char, 256> machine{};
    ::gethostname(machine.data(), machine.size() - 1);
    auto made = make_authority(std::string{"gantry development on "} + machine.data());
    write(key_file, text_of(made.key.get()), for_the_owner);
    write(file, text_of(made.certificate.get()), for_all);
    return made;
  }
  if (!certificate || !key)
    refuse(certificate ? key_file : file,
           "this half of the authority is missing: restore it, or remove the other half");
  if (::X509_check_private_key(certificate->get(), key->get()) != 1)
    refuse(key_file, "this is not the key of ca.crt: restore it, or remove both");
  if (::X509_check_ca(certificate->get()) != 1)
    refuse(file, "this is not the certificate of an authority: name another folder");
  if (::X509_cmp_current_time(::X509_get0_notAfter(certificate->get())) < 0)
    refuse(file, "this authority has expired: remove ca.crt and ca.key, and trust the next one");
  return {std::move(*certificate), std::move(*key)};
}

/// A certificate that is there may be replaced only if it came from here.
void check_replaceable(const fs::path& folder, const issued& authority) {
  const auto file = folder / "server.crt";
  const auto known = read_pem<decltype(issued::certificate)>(file, "certificate", ::PEM_read_X509);
  if (!known && fs::exists(folder / "server.key"))
    refuse(folder / "server.key", "this key has no server.crt: move it away");
  if (known && ::X509_verify(known->get(), authority.key.get()) != 1)
    refuse(file, "this certificate is of another authority: move it and server.key away, or name "
                 "another folder");
}

std::vector<std::string> all_hosts(const std::vector<std::string>& added) {
  std::vector<std::string> hosts{"localhost", "127.0.0.1", "::1"};
  for (const auto& each : added)
    if (std::ranges::find(hosts, each) == hosts.end())
      hosts.push_back(each);
  return hosts;
}

constexpr std::string_view advice = R"(
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

std::string filled(std::string text, std::string_view place, const std::string& value) {
  for (auto at = text.find(place); at != std::string::npos;
       at = text.find(place, at + value.size()))
    text.replace(at, place.size(), value);
  return text;
}

void explain(std::FILE* output, const fs::path& folder, bool is_new, const issued& server,
             const std::vector<std::string>& hosts) {
  std::string names;
  for (const auto& host : hosts)
    names.append(names.empty() ? "" : ", ").append(host);
  const auto dir = folder.string();
  std::fprintf(output, "%s/ca.crt      %s authority; %s/ca.key is its key: keep it secret\n",
               dir.c_str(), is_new ? "a new" : "the known", dir.c_str());
  std::fprintf(output, "%s/server.crt  for %s, until %s; %s/server.key is its key\n", dir.c_str(),
               names.c_str(), net::date_of(::X509_get0_notAfter(server.certificate.get())).c_str(),
               dir.c_str());
  const auto& host = hosts.size() > 3 && !hosts[3].starts_with('*') ? hosts[3] : hosts.front();
  std::fputs(filled(filled(std::string{advice}, "{dir}", dir), "{host}", host).c_str(), output);
}

} // namespace

int run(const dev_certificate_command& command, std::FILE* output) {
  std::error_code failed;
  fs::create_directories(command.folder, failed);
  if (failed)
    refuse(command.folder, failed.message());
  const auto folder = fs::canonical(command.folder);
  bool is_new = false;
  const auto authority = open_authority(folder, is_new);
  check_replaceable(folder, authority);
  const auto hosts = all_hosts(command.hosts);
  const auto server = issue(authority, hosts);
  write(folder / "server.key", text_of(server.key.get()), for_the_owner);
  write(folder / "server.crt", text_of(server.certificate.get()), for_all);
  explain(output, folder, is_new, server, hosts);
  return 0;
}

std::string read_certified_host(const std::string& text) {
  constexpr std::size_t longest = 253;
  if (auto* const address = ::a2i_IPADDRESS(text.c_str())) {
    ::ASN1_OCTET_STRING_free(address);
    return text;
  }
  const auto name = std::string_view{text}.substr(text.starts_with("*.") ? 2 : 0);
  const bool is_name = !name.empty() && text.size() <= longest && name.front() != '.' &&
                       std::ranges::all_of(name, [](unsigned char c) {
                         return std::isalnum(c) || c == '-' || c == '.' || c == '_';
                       });
  if (!is_name)
    throw std::invalid_argument{"'" + text +
                                "' is not the name or address of a host: omit scheme and port, "
                                "such as registry.example"};
  return text;
}

} // namespace gantry::app
