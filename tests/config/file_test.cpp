// Configuration files.
#include "config/file.hpp"
#include "config/variables.hpp"
#include "support/refusal.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

using namespace gantry;
using namespace gantry::config;

namespace {

outcome read_all(const std::string& lines, std::vector<const char*> variables = {}) {
  variables.push_back(nullptr);
  config::draft made;
  read_file(made, "c.yml", "version: 0.1\n" + lines, config::environment{variables.data()});
  return made.finish();
}

settings read(const std::string& lines, std::vector<const char*> variables = {}) {
  return *read_all(lines, std::move(variables)).chosen;
}

std::string refusal_of_lines(const std::string& lines) {
  return test::refusal_of([&] { read(lines); });
}

std::string refusal_of_whole(const std::string& text) {
  return test::refusal_of([&] {
    config::draft made;
    const char* const none = nullptr;
    read_file(made, "c.yml", text, config::environment{&none});
  });
}

} // namespace

BOOST_AUTO_TEST_SUITE(file)

BOOST_AUTO_TEST_CASE(keys_have_distributions_tree) {
  const auto made = read(R"(
storage:
  filesystem:
    rootdirectory: /srv/registry
  delete: {enabled: true}
  maintenance:
    readonly:
      enabled: true
    uploadpurging: {age: 24h}
auth:
  htpasswd:
    realm: office
    path: /etc/users
http:
  addr: [":5000", "unix:/run/gantry.sock"]
  headers:
    X-Content-Type-Options: [nosniff]
    X-Many: [a, b]
  prefix: /registry
gantry:
  cors:
    origins: []
)");
  BOOST_TEST(made.folder == "/srv/registry");
  BOOST_TEST(made.allow_delete);
  BOOST_TEST(made.read_only);
  BOOST_CHECK(made.upload_expiry == std::chrono::hours{24});
  BOOST_TEST(made.realm == "office");
  BOOST_TEST(made.htpasswd == "/etc/users");
  BOOST_CHECK((made.addresses == std::vector<std::string>{":5000", "unix:/run/gantry.sock"}));
  BOOST_REQUIRE(made.headers.size() == 2u);
  BOOST_TEST(made.headers[0].second == "nosniff");
  BOOST_TEST(made.headers[1].second == "a, b");
  BOOST_TEST(made.prefix == "/registry");
  BOOST_TEST(made.cors_origins.empty());
}

BOOST_AUTO_TEST_CASE(distributions_defaults_come_with_the_file) {
  const auto made = read("");
  BOOST_TEST(!made.allow_delete);
  BOOST_CHECK(made.upload_expiry == std::chrono::hours{168});
}

BOOST_AUTO_TEST_CASE(variables_override_the_file_which_may_refer_to_them) {
  const char* const variables[] = {"REGISTRY_HTTP_ADDR_1=:3", "PORT=9", nullptr};
  config::draft made;
  read_file(made, "c.yml", "version: 0.1\nhttp:\n  addr: [':1', ':2', ':${PORT}']\n",
            config::environment{variables});
  read_variables(made, config::environment{variables});
  const auto done = made.finish();
  BOOST_CHECK((done.chosen->addresses == std::vector<std::string>{":1", ":3", ":9"}));
}

BOOST_AUTO_TEST_CASE(a_section_may_be_named_alone) {
  BOOST_TEST(read("storage: inmemory\n").folder == "");
  BOOST_TEST(read("storage: {inmemory: }\n").folder == "");
  BOOST_TEST(read("storage: filesystem\n").folder == "/var/lib/registry");
  BOOST_TEST(read("storage: {filesystem: }\n").folder == "/var/lib/registry");
  BOOST_TEST(read("auth: none\n").htpasswd == "");
}

BOOST_AUTO_TEST_CASE(keys_that_only_distribution_has_are_reported_by_line) {
  const auto warnings = read_all(R"(log: {level: debug, fields: {a: b}}
storage:
  cache: {blobdescriptor: inmemory}
http: {net: tcp, secret: x}
redis: {addr: here}
)")
                          .warnings;
  const std::vector<std::string> expected{
    "c.yml:2: log.fields is not supported and has no effect: log.formatter and log.level are the "
    "settings of logs",
    "c.yml:4: storage.cache is not supported and has no effect: its caches need no choice",
    "c.yml:5: http.secret is not supported and has no effect: uploads need no secret",
    "c.yml:6: redis is not supported and has no effect: it needs no cache outside"};
  BOOST_TEST(warnings == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_would_lose_content_or_open_the_registry_is_refused) {
  BOOST_TEST(refusal_of_lines("storage:\n  s3: {bucket: b}\n")
               .starts_with("c.yml:3: storage: 's3' is not supported, and without it"));
  BOOST_TEST(refusal_of_lines("auth:\n  silly: {realm: r}\n")
               .starts_with("c.yml:3: auth: 'silly' is not supported, and without it"));
  BOOST_TEST(refusal_of_lines("auth:\n  token: {realm: r}\n") ==
             "c.yml:3: auth: token needs the name of its issuer: write auth.token.issuer");
  BOOST_TEST(refusal_of_lines("http:\n  tls: {clientcas: [a.pem]}\n")
               .starts_with("c.yml:3: http.tls.clientcas needs TLS: name a certificate with"));
  BOOST_TEST(refusal_of_lines("http:\n  tls: {clientauth: require-any-client-cert}\n") ==
             "c.yml: line 3, column 21: http.tls.clientauth: 'require-any-client-cert' verifies "
             "nothing, so that any certificate would do: write require-and-verify-client-cert");
  BOOST_TEST(refusal_of_lines("auth:\n  htpasswd: {realm: r}\n") ==
             "c.yml:3: auth: htpasswd needs a file of users: write auth.htpasswd.path");
  BOOST_TEST(refusal_of_lines("storage:\n  inmemory:\n  filesystem:\n") ==
             "c.yml: line 4, column 3: storage: 'filesystem' excludes 'inmemory': write one of "
             "them");
}

BOOST_AUTO_TEST_CASE(an_unknown_key_gets_the_nearest_one) {
  BOOST_TEST(refusal_of_lines("http:\n  adr: :1\n") ==
             "c.yml: line 3, column 3: 'adr' is not a key of http; did you mean 'addr'?");
  BOOST_TEST(refusal_of_lines("addr: :1\n") ==
             "c.yml: line 2, column 1: 'addr' is not a key; did you mean 'http.addr'?");
  BOOST_TEST(refusal_of_lines("storge: {}\n") ==
             "c.yml: line 2, column 1: 'storge' is not a key; did you mean 'storage'?");
  BOOST_TEST(refusal_of_lines("storage: {filesytem: {}}\n") ==
             "c.yml: line 2, column 11: 'filesytem' is not a key of storage; did you mean "
             "'filesystem'?");
  BOOST_TEST(refusal_of_lines("http: {zzz: 1}\n") ==
             "c.yml: line 2, column 8: 'zzz' is not a key of http: see docs/configuration.md");
}

BOOST_AUTO_TEST_CASE(wrong_values_are_refused_by_line_and_key) {
  BOOST_TEST(refusal_of_lines("http: {addr: :1, addr: :2}\n") ==
             "c.yml: line 2, column 18: the key 'addr' stands here a second time");
  BOOST_TEST(refusal_of_lines("gantry:\n  threads: many\n")
               .starts_with("c.yml: line 3, column 12: gantry.threads: 'many' "));
  BOOST_TEST(refusal_of_lines("http: 5\n") ==
             "c.yml: line 2, column 7: http: this is not a map of settings");
  BOOST_TEST(refusal_of_lines("http:\n  prefix: [a]\n") ==
             "c.yml: line 3, column 11: http.prefix: this is not a text: write a path, such as "
             "/registry");
  BOOST_TEST(refusal_of_lines("http:\n  prefix:\n") ==
             "c.yml: line 3, column 3: http.prefix is empty: leave it out, or write a path, such "
             "as /registry");
  BOOST_TEST(refusal_of_lines("http:\n  prefix: ''\n") ==
             "c.yml: line 3, column 11: http.prefix: this is empty: write a path, such as "
             "/registry");
  BOOST_TEST(refusal_of_lines("http:\n  prefix: ${NO}\n")
               .starts_with("c.yml: line 3, column 11: http.prefix: '${NO}' is not set: "));
}

BOOST_AUTO_TEST_CASE(a_file_says_its_version) {
  BOOST_TEST(refusal_of_whole("http: {}\n") ==
             "c.yml: line 1, column 1: the version is missing: begin with 'version: 0.1'");
  BOOST_TEST(refusal_of_whole("version: 0.2\n") ==
             "c.yml: line 1, column 10: version: '0.2' is not a version of this file: write 0.1");
  BOOST_TEST(refusal_of_whole("") ==
             "c.yml: this is not a map of settings: begin with 'version: 0.1'");
  BOOST_TEST(refusal_of_whole("- a\n") ==
             "c.yml: line 1, column 1: this is not a map of settings: begin with 'version: 0.1'");
}

BOOST_AUTO_TEST_SUITE_END()
