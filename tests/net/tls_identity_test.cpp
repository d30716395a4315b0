// Certificates that change while a server runs.
#include "net/tls_identity.hpp"

#include "support/temp_dir.hpp"
#include "support/test_certificate.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

#include <sys/stat.h>

using namespace gantry;
using namespace gantry::test;
using namespace std::chrono_literals;

namespace {

struct renewed_files {
  temp_dir folder;
  net::tls_identity::clock::time_point now{};
  /// Long after all files were written.
  net::tls_identity::file_clock::time_point time =
    net::tls_identity::file_clock::now() + std::chrono::hours{1};
  std::unique_ptr<net::tls_identity> identity;

  renewed_files() {
    write(make_certificate("DNS:localhost"), 1h);
    net::tls_options options;
    options.certificates.push_back(
      {(folder.path() / "a.crt").string(), (folder.path() / "a.key").string()});
    identity = std::make_unique<net::tls_identity>(
      options, [this] { return now; }, [this] { return time; });
  }
  net::tls_identity::file_clock::time_point written() const {
    struct stat seen {};
    BOOST_REQUIRE(::stat((folder.path() / "a.key").c_str(), &seen) == 0);
    return net::tls_identity::file_clock::time_point{
      std::chrono::seconds{seen.st_mtim.tv_sec} +
      std::chrono::microseconds{seen.st_mtim.tv_nsec / 1000 + 1}};
  }
  /// Both files look as if they had been written that long ago.
  void write(const certificate& made, std::chrono::seconds age) const {
    const auto then = std::filesystem::file_time_type::clock::now() - age;
    std::filesystem::last_write_time(folder.write("a.crt", made.text), then);
    std::filesystem::last_write_time(folder.write("a.key", made.key), then);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(tls_identity, renewed_files)

BOOST_AUTO_TEST_CASE(changed_files_are_read_again_within_a_second) {
  const auto first = identity->take();
  write(make_certificate("DNS:renewed"), 1min);
  BOOST_TEST((identity->take() == first));
  now += 1s;
  const auto second = identity->take();
  BOOST_TEST((second != first));
  now += 1s;
  BOOST_TEST((identity->take() == second));
}

BOOST_AUTO_TEST_CASE(files_that_may_still_be_written_are_not_read_yet) {
  const auto first = identity->take();
  write(make_certificate("DNS:renewed"), 1min);
  time = written() + 900ms;
  now += 1s;
  BOOST_TEST((identity->take() == first));
  time += 100ms;
  now += 1s;
  BOOST_TEST((identity->take() != first));
}

BOOST_AUTO_TEST_CASE(unusable_files_change_nothing) {
  const auto first = identity->take();
  write({"no certificate", "no key"}, 1min);
  now += 1s;
  BOOST_TEST((identity->take() == first));
  BOOST_TEST(!identity->reload());
  BOOST_TEST((identity->take() == first));
  write(make_certificate("DNS:renewed"), 2min);
  now += 1s;
  BOOST_TEST((identity->take() != first));
}

BOOST_AUTO_TEST_CASE(authorities_of_clients_are_read_again_too) {
  const auto write_authority = [this](std::chrono::seconds age) {
    const auto file = folder.write("ca.crt", make_authority("clients").text);
    std::filesystem::last_write_time(file, std::filesystem::file_time_type::clock::now() - age);
    return file.string();
  };
  net::tls_options options;
  options.certificates.push_back(
    {(folder.path() / "a.crt").string(), (folder.path() / "a.key").string()});
  options.client_authorities = {write_authority(1h)};
  identity = std::make_unique<net::tls_identity>(
    options, [this] { return now; }, [this] { return time; });
  const auto first = identity->take();
  now += 1s;
  BOOST_TEST((identity->take() == first));
  write_authority(1min);
  now += 1s;
  const auto second = identity->take();
  BOOST_TEST((second != first));
  std::filesystem::remove(folder.path() / "ca.crt");
  now += 1s;
  BOOST_TEST((identity->take() == second));
  BOOST_TEST(!identity->reload());
}

BOOST_AUTO_TEST_CASE(a_request_reads_files_that_did_not_change) {
  const auto first = identity->take();
  BOOST_TEST(identity->reload());
  BOOST_TEST((identity->take() != first));
}

BOOST_AUTO_TEST_SUITE_END()
