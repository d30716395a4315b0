#include "app/certificates.hpp"

#include "app/certificate_advice.hpp"
#include "app/issuing.hpp"
#include "base/file_replacement.hpp"
#include "base/text.hpp"
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
/// Bytes: what X.509 allows.
constexpr std::size_t longest_attribute = 64;

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
void check_replaceable(const fs::path& folder, const std::string& name, const issued& authority) {
  const auto file = folder / (name + ".crt");
  const auto key = folder / (name + ".key");
  const auto known = read_pem<decltype(issued::certificate)>(file, "certificate", ::PEM_read_X509);
  if (!known && fs::exists(key))
    refuse(key, "this key has no " + name + ".crt: move it away");
  if (known && ::X509_verify(known->get(), authority.key.get()) != 1)
    refuse(file, "this certificate is of another authority: move it and " + name +
                   ".key away, or name another folder");
}

void write(const fs::path& folder, const std::string& name, const issued& made) {
  write(folder / (name + ".key"), text_of(made.key.get()), for_the_owner);
  write(folder / (name + ".crt"), text_of(made.certificate.get()), for_all);
}

std::vector<std::string> all_hosts(const std::vector<std::string>& added) {
  std::vector<std::string> hosts{"localhost", "127.0.0.1", "::1"};
  for (const auto& each : added)
    if (std::ranges::find(hosts, each) == hosts.end())
      hosts.push_back(each);
  return hosts;
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
  check_replaceable(folder, "server", authority);
  for (const auto& client : command.clients)
    check_replaceable(folder, client, authority);
  const auto hosts = all_hosts(command.hosts);
  const auto server = issue(authority, hosts);
  write(folder, "server", server);
  for (const auto& client : command.clients)
    write(folder, client, issue_to_client(authority, client, command.organisations));
  const auto until = net::date_of(::X509_get0_notAfter(server.certificate.get()));
  std::fputs(advice_on({folder, is_new, hosts, command.clients, until}).c_str(), output);
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

std::string read_certified_user(const std::string& text) {
  const auto is_plain = [](unsigned char c) { return std::isalnum(c) || c == '_'; };
  const bool is_name = !text.empty() && text.size() <= longest_attribute &&
                       is_plain(text.front()) && std::ranges::all_of(text, [&](unsigned char c) {
                         return is_plain(c) || std::string_view{".-@+"}.find(
                                                 static_cast<char>(c)) != std::string_view::npos;
                       });
  if (!is_name)
    throw std::invalid_argument{"'" + text +
                                "' is not the name of a user: write letters, digits and .-_@+, at "
                                "most 64, such as alice"};
  if (text == "ca" || text == "server")
    throw std::invalid_argument{"'" + text +
                                "' is the name of another certificate: write another "
                                "one, such as alice"};
  return text;
}

std::string read_organisation(const std::string& text) {
  if (text.size() > longest_attribute || std::ranges::any_of(text, is_control))
    throw std::invalid_argument{"'" + text +
                                "' is not an organisation: write at most 64 bytes, such as team-a"};
  return text;
}

} // namespace gantry::app
