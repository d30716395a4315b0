// `gantry cert dev`, and what OpenSSL thinks of its certificates.
#include "app/certificates.hpp"

#include "app/typed_words.hpp"
#include "net/peer_certificate.hpp"
#include "net/tls_context.hpp"
#include "support/golden.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

#include <sys/stat.h>

using namespace gantry;
using namespace gantry::app;
using namespace gantry::test;

namespace {

using x509 = openssl_handle<X509, ::X509_free>;

struct own_folder {
  temp_dir root;
  std::filesystem::path folder = root.path() / "certs";

  /// Returns what the command printed.
  std::string make(const std::vector<std::string>& hosts = {},
                   const std::vector<std::string>& clients = {},
                   const std::vector<std::string>& organisations = {}) const {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> output{std::tmpfile(), &std::fclose};
    BOOST_TEST(run(dev_certificate_command{folder, hosts, clients, organisations}, output.get()) ==
               0);
    std::string text(64 * 1024, '\0');
    std::rewind(output.get());
    text.resize(std::fread(text.data(), 1, text.size(), output.get()));
    return text;
  }
  std::string text(const char* name) const { return read_text(folder / name); }
  x509 certificate(const char* name) const {
    const auto pem = text(name);
    const openssl_handle<BIO, ::BIO_free_all> memory{
      ::BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
    return x509{::PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr)};
  }
  mode_t mode(const char* name) const {
    struct stat seen {};
    BOOST_REQUIRE(::stat((folder / name).c_str(), &seen) == 0);
    return seen.st_mode & 0777;
  }
  /// Whether one that trusts the authority accepts the server, or the client.
  bool is_trusted(const char* name = "server.crt", int purpose = X509_PURPOSE_SSL_SERVER) const {
    const auto authority = certificate("ca.crt");
    const auto shown = certificate(name);
    const openssl_handle<X509_STORE, ::X509_STORE_free> store{::X509_STORE_new()};
    ::X509_STORE_add_cert(store.get(), authority.get());
    const openssl_handle<X509_STORE_CTX, ::X509_STORE_CTX_free> check{::X509_STORE_CTX_new()};
    ::X509_STORE_CTX_init(check.get(), store.get(), shown.get(), nullptr);
    ::X509_STORE_CTX_set_purpose(check.get(), purpose);
    return ::X509_verify_cert(check.get()) == 1;
  }
  void check_refused(const char* file, const std::string& why) const {
    BOOST_CHECK_EXCEPTION(make(), std::runtime_error, [&](const auto& failed) {
      BOOST_TEST(std::string{failed.what()} ==
                 (std::filesystem::canonical(folder) / file).string() + ": " + why);
      return true;
    });
  }
};

dev_certificate_command parse_certificate(std::vector<const char*> words) {
  words.insert(words.begin(), {"cert", "dev"});
  return std::get<dev_certificate_command>(parse(std::move(words)));
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(certificates, own_folder)

BOOST_AUTO_TEST_CASE(a_server_can_use_what_clients_can_verify) {
  const auto advice = make({"registry.example", "*.b.example", "10.0.0.1"});
  BOOST_TEST(is_trusted());
  const auto server = certificate("server.crt");
  for (const auto* host : {"localhost", "registry.example", "x.b.example"})
    BOOST_TEST(::X509_check_host(server.get(), host, 0, 0, nullptr) == 1, host);
  for (const auto* address : {"127.0.0.1", "::1", "10.0.0.1"})
    BOOST_TEST(::X509_check_ip_asc(server.get(), address, 0) == 1, address);
  int days = 0;
  int seconds = 0;
  BOOST_TEST(::ASN1_TIME_diff(&days, &seconds, ::X509_get0_notBefore(server.get()),
                              ::X509_get0_notAfter(server.get())) == 1);
  BOOST_TEST(days <= 397);
  net::tls_options options;
  options.certificates.push_back(
    {(folder / "server.crt").string(), (folder / "server.key").string()});
  const net::tls_context context{options, std::make_shared<net::ticket_keys>()};
  BOOST_TEST(context.complaints().empty());
  BOOST_TEST(advice.find("/etc/docker/certs.d/registry.example:4775/ca.crt") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(keys_are_for_their_owner) {
  make();
  BOOST_TEST(mode("ca.key") == 0600u);
  BOOST_TEST(mode("server.key") == 0600u);
  BOOST_TEST(mode("ca.crt") == 0644u);
}

BOOST_AUTO_TEST_CASE(the_authority_stays_and_the_certificate_is_renewed) {
  make();
  const auto authority = text("ca.crt");
  const auto server = text("server.crt");
  make();
  BOOST_TEST(text("ca.crt") == authority);
  BOOST_TEST(text("server.crt") != server);
  BOOST_TEST(is_trusted());
}

BOOST_AUTO_TEST_CASE(files_of_others_are_not_replaced) {
  make();
  const auto foreign = text("server.crt");
  std::filesystem::remove(folder / "ca.key");
  check_refused("ca.key",
                "this half of the authority is missing: restore it, or remove the other half");
  std::filesystem::remove(folder / "ca.crt");
  check_refused("server.crt", "this certificate is of another authority: move it and server.key "
                              "away, or name another folder");
  BOOST_TEST(text("server.crt") == foreign);
  std::filesystem::remove(folder / "server.crt");
  check_refused("server.key", "this key has no server.crt: move it away");
}

BOOST_AUTO_TEST_CASE(clients_get_certificates_of_the_same_authority) {
  const auto advice = make({"registry.example"}, {"alice", "ci@example.com"}, {"team-a", "team b"});
  for (const auto* name : {"alice", "ci@example.com"}) {
    const auto file = std::string{name} + ".crt";
    BOOST_TEST(is_trusted(file.c_str(), X509_PURPOSE_SSL_CLIENT));
    BOOST_TEST(!is_trusted(file.c_str(), X509_PURPOSE_SSL_SERVER));
    const auto known = net::read_certificate(certificate(file.c_str()).get());
    BOOST_TEST(known.common_name == name);
    BOOST_TEST((known.organisations == std::vector<std::string>{"team-a", "team b"}));
    BOOST_TEST(mode((std::string{name} + ".key").c_str()) == 0600u);
  }
  BOOST_TEST(!is_trusted("server.crt", X509_PURPOSE_SSL_CLIENT));
  for (const auto* place : {"/etc/docker/certs.d/registry.example:4775/client.cert",
                            "/etc/containers/certs.d/registry.example:4775/client.key",
                            "--tls-client-ca", "/alice.crt\", \"", "--cert-dir", "curl --cacert"})
    BOOST_TEST(advice.find(place) != std::string::npos, place);
  BOOST_TEST(make().find("--tls-client-ca") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_client_of_another_authority_is_not_replaced) {
  make({}, {"alice"});
  const auto foreign = text("alice.crt");
  std::filesystem::remove(folder / "ca.key");
  std::filesystem::remove(folder / "ca.crt");
  std::filesystem::remove(folder / "server.crt");
  std::filesystem::remove(folder / "server.key");
  BOOST_CHECK_EXCEPTION(make({}, {"alice"}), std::runtime_error, [](const auto& failed) {
    return std::string{failed.what()}.find("alice.crt: this certificate is of another authority") !=
           std::string::npos;
  });
  BOOST_TEST(text("alice.crt") == foreign);
  BOOST_TEST(!std::filesystem::exists(folder / "server.crt"));
}

BOOST_AUTO_TEST_CASE(users_are_names_of_files) {
  const auto command =
    parse_certificate({"--client", "alice", "--client", "ci-7", "--organisation", "team a"});
  BOOST_TEST((command.clients == std::vector<std::string>{"alice", "ci-7"}));
  BOOST_TEST((command.organisations == std::vector<std::string>{"team a"}));
  for (const auto& user :
       {std::string{"../alice"}, std::string{"a/b"}, std::string{".hidden"}, std::string{"a b"},
        std::string{"ca"}, std::string{"server"}, std::string{}, std::string(65, 'a')})
    BOOST_CHECK_THROW(read_certified_user(user), std::invalid_argument);
  BOOST_CHECK_NO_THROW(read_certified_user(std::string(64, 'a')));
  for (const auto& organisation : {std::string{"a\nb"}, std::string(65, 'a')})
    BOOST_CHECK_THROW(read_organisation(organisation), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(hosts_are_names_and_addresses) {
  const auto command = parse_certificate({"certs", "--host", "a.example", "--host", "::2"});
  BOOST_TEST(command.folder == "certs");
  BOOST_TEST((command.hosts == std::vector<std::string>{"a.example", "::2"}));
  BOOST_TEST(parse_certificate({}).folder == "gantry-tls");
  for (const auto* host : {"http://a", "a:5000", "a b", "*.", "a,DNS:b", ".a"})
    BOOST_CHECK_THROW(read_certified_host(host), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
