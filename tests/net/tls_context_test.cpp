// What is said about unusable certificates and keys.
#include "net/tls_context.hpp"

#include "support/temp_dir.hpp"
#include "support/test_certificate.hpp"

#include <boost/test/unit_test.hpp>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <memory>
#include <stdexcept>
#include <string>

using namespace gantry;
using namespace gantry::test;

namespace {

struct own_files {
  temp_dir folder;
  certificate made = make_certificate("DNS:localhost");
  net::certificate_files files{folder.write("a.crt", made.text).string(),
                               folder.write("a.key", made.key).string()};

  net::tls_context make() const {
    net::tls_options options;
    options.certificates.push_back(files);
    return net::tls_context{options, std::make_shared<net::ticket_keys>()};
  }
  void check_refused(const std::string& file, const std::string& why) const {
    BOOST_CHECK_EXCEPTION(make(), std::runtime_error, [&](const auto& failed) {
      BOOST_TEST(std::string{failed.what()} == file + ": " + why);
      return true;
    });
  }
};

/// The key with the password `secret`.
std::string with_password(const std::string& key) {
  const std::unique_ptr<BIO, void (*)(BIO*)> plain{
    ::BIO_new_mem_buf(key.data(), static_cast<int>(key.size())), ::BIO_free_all};
  const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> read{
    ::PEM_read_bio_PrivateKey(plain.get(), nullptr, nullptr, nullptr), ::EVP_PKEY_free};
  const std::unique_ptr<BIO, void (*)(BIO*)> out{::BIO_new(::BIO_s_mem()), ::BIO_free_all};
  char password[] = "secret";
  ::PEM_write_bio_PKCS8PrivateKey(out.get(), read.get(), ::EVP_aes_256_cbc(), password, 6, nullptr,
                                  nullptr);
  char* bytes = nullptr;
  const auto size = BIO_get_mem_data(out.get(), &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(tls_context, own_files)

BOOST_AUTO_TEST_CASE(a_certificate_and_its_key_are_accepted) {
  const auto context = make();
  BOOST_TEST(context.complaints().empty());
  BOOST_TEST((context.connect() != nullptr));
}

BOOST_AUTO_TEST_CASE(absent_files_are_named) {
  files.chain = (folder.path() / "none.crt").string();
  check_refused(files.chain, "No such file or directory");
  files.chain = (folder.path() / "a.crt").string();
  files.key = (folder.path() / "none.key").string();
  check_refused(files.key, "No such file or directory");
}

BOOST_AUTO_TEST_CASE(files_of_something_else_are_named) {
  folder.write("a.crt", "text");
  check_refused(files.chain, "this file holds no usable certificate in PEM (no start line)");
  folder.write("a.crt", made.text);
  folder.write("a.key", made.text);
  check_refused(files.key, "this file holds no private key in PEM");
  folder.write("a.key", with_password(made.key));
  check_refused(files.key, "this key has a password: store it without one (openssl pkey)");
}

BOOST_AUTO_TEST_CASE(a_key_of_another_certificate_is_named) {
  folder.write("a.key", make_certificate("DNS:localhost").key);
  check_refused(files.key, "this is not the key of the certificate in " + files.chain);
}

BOOST_AUTO_TEST_CASE(a_certificate_that_has_expired_is_used_and_reported) {
  const auto old = make_certificate("DNS:localhost", -1);
  folder.write("a.crt", old.text);
  folder.write("a.key", old.key);
  const auto context = make();
  BOOST_REQUIRE(context.complaints().size() == 1u);
  BOOST_TEST(
    context.complaints().front().starts_with(files.chain + ": this certificate expired on 20"));
}

BOOST_AUTO_TEST_SUITE_END()
