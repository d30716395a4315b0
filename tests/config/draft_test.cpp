// Assembling settings.
#include "config/draft.hpp"

#include "config/assembling.hpp"
#include "config/environment.hpp"
#include "config/table.hpp"
#include "support/refusal.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

using namespace gantry;
using namespace gantry::config;
using namespace gantry::test;

namespace {

constexpr auto typed = source::command_line;

} // namespace

BOOST_AUTO_TEST_SUITE(draft)

BOOST_AUTO_TEST_CASE(nothing_given_leaves_the_defaults) {
  config::draft made;
  const auto done = made.finish();
  BOOST_CHECK(*done.chosen == settings{});
  BOOST_TEST(done.warnings.empty());
}

BOOST_AUTO_TEST_CASE(the_command_line_overrides_the_environment_in_either_order) {
  config::draft first;
  set(first, "http.addr", ":1");
  read_environment(first, {"REGISTRY_HTTP_ADDR=:2", "HOME=/"});
  BOOST_TEST(finished(first).addresses.front() == ":1");
  config::draft last;
  read_environment(last, {"REGISTRY_HTTP_ADDR=:2"});
  set(last, "http.addr", ":1");
  BOOST_TEST(finished(last).addresses.front() == ":1");
  config::draft alone;
  read_environment(alone, {"REGISTRY_HTTP_ADDR=:2"});
  BOOST_TEST(finished(alone).addresses.front() == ":2");
}

BOOST_AUTO_TEST_CASE(a_list_grows_within_a_source_and_is_replaced_by_a_higher_one) {
  using list = std::vector<std::string>;
  config::draft made;
  read_environment(made, {"REGISTRY_GANTRY_CORS_ORIGINS=http://a, http://b,", "X=y"});
  BOOST_CHECK((finished(made).cors_origins == list{"http://a", "http://b"}));
  config::draft overruled;
  read_environment(overruled, {"REGISTRY_GANTRY_CORS_ORIGINS=http://a"});
  set(overruled, "gantry.cors.origins", "http://c");
  set(overruled, "gantry.cors.origins", "*");
  BOOST_CHECK((finished(overruled).cors_origins == list{"http://c", "*"}));
}

BOOST_AUTO_TEST_CASE(an_empty_text_empties_the_list_that_may_be_empty) {
  config::draft flag;
  set(flag, "gantry.cors.origins", "");
  BOOST_TEST(finished(flag).cors_origins.empty());
  config::draft variable;
  read_environment(variable, {"REGISTRY_GANTRY_CORS_ORIGINS="});
  BOOST_TEST(finished(variable).cors_origins.empty());
}

BOOST_AUTO_TEST_CASE(forms_are_judged_by_the_layer_that_knows_them) {
  const auto judge = [](form judged_as, std::string_view text) {
    if (judged_as == form::address && text == "bad")
      throw std::invalid_argument{"'bad' is bad"};
  };
  config::draft made{judge};
  BOOST_TEST(refusal_of([&] { set(made, "http.addr", "bad"); }) == "'bad' is bad");
  BOOST_TEST(refusal_of([&] { set(made, "gantry.seed", "bad"); }) == "accepted");
}

BOOST_AUTO_TEST_CASE(
  a_folder_and_a_limit_of_memory_exclude_each_other_by_the_names_they_were_given) {
  config::draft made;
  set(made, "storage.filesystem.rootdirectory", "d", source::environment);
  set(made, "gantry.memory.limit", "1GiB");
  BOOST_TEST(refusal_of([&] { made.finish(); }) ==
             "REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY excludes --memory-limit: omit one");
}

BOOST_AUTO_TEST_CASE(the_default_page_is_lowered_unless_it_was_asked_for) {
  config::draft lowered;
  set(lowered, "catalog.maxentries", "7");
  BOOST_TEST(finished(lowered).page_default == 7u);
  config::draft refused;
  set(refused, "gantry.pages.default", "5000");
  BOOST_TEST(refusal_of([&] { refused.finish(); }) ==
             "--page-default: '5000' is more than --page-max: at most 1000, such as 1000");
}

BOOST_AUTO_TEST_CASE(a_durable_registry_is_stricter_by_default) {
  config::draft durable;
  set(durable, "storage.filesystem.rootdirectory", "d");
  const auto strict = finished(durable);
  BOOST_TEST(!strict.allow_reset);
  BOOST_TEST(strict.cors_origins.empty());
  BOOST_TEST(strict.journal_entries == 0u);
  BOOST_CHECK(strict.validation().reference == validation_policy::references::reject);
  config::draft told;
  set(told, "storage.filesystem.rootdirectory", "d");
  set(told, "gantry.reset.allowed", "true");
  set(told, "gantry.cors.origins", "*");
  set(told, "gantry.journal.entries", "10");
  set(told, "gantry.validation.references", "warn");
  const auto mild = finished(told);
  BOOST_TEST(mild.allow_reset);
  BOOST_TEST(mild.cors_origins.size() == 1u);
  BOOST_TEST(mild.journal_entries == 10u);
  BOOST_CHECK(mild.validation().reference == validation_policy::references::warn);
}

BOOST_AUTO_TEST_CASE(a_lenient_registry_accepts_anything_by_default) {
  for (const auto* folder : {"", "d"}) {
    config::draft lenient;
    set(lenient, "gantry.validation.lenient", "true");
    if (*folder)
      set(lenient, "storage.filesystem.rootdirectory", folder);
    const auto policy = finished(lenient).validation();
    BOOST_CHECK(policy.digest == validation_policy::digests::trust);
    BOOST_CHECK(policy.manifest == validation_policy::manifests::accept);
    BOOST_CHECK(policy.reference == validation_policy::references::accept);
  }
  config::draft mixed;
  set(mixed, "gantry.validation.references", "reject");
  set(mixed, "gantry.validation.lenient", "true");
  BOOST_CHECK(finished(mixed).validation().reference == validation_policy::references::reject);
}

BOOST_AUTO_TEST_CASE(settings_without_effect_in_memory_are_reported_by_their_given_name) {
  config::draft made;
  set(made, "gantry.scrub.interval", "7d");
  read_environment(made, {"REGISTRY_GANTRY_GC_GRACE=1h"});
  const auto warnings = made.finish().warnings;
  BOOST_REQUIRE(warnings.size() == 2u);
  BOOST_TEST(warnings[0] == "REGISTRY_GANTRY_GC_GRACE has no effect without --data DIR");
  BOOST_TEST(warnings[1] == "--scrub-interval has no effect without --data DIR");
  config::draft durable;
  set(durable, "gantry.scrub.interval", "7d");
  set(durable, "storage.filesystem.rootdirectory", "d");
  BOOST_TEST(durable.finish().warnings.empty());
}

BOOST_AUTO_TEST_CASE(an_item_replaces_that_of_an_earlier_source_and_leaves_the_others) {
  using list = std::vector<std::string>;
  const auto* origins = find_key("gantry.cors.origins");
  config::draft made;
  for (const auto* each : {"http://a", "http://b"})
    made.set(*origins, each, source::file);
  made.set_item(*origins, 1, "http://c", {source::environment});
  made.set_item(*origins, 2, "http://d", {source::environment});
  BOOST_TEST(refusal_of([&] { made.set_item(*origins, 9, "http://e", {source::environment}); }) ==
             "item 9 of a list with 3: number the items from 0, without a gap");
  BOOST_CHECK((finished(made).cors_origins == list{"http://a", "http://c", "http://d"}));
  config::draft typed_over;
  set(typed_over, "gantry.cors.origins", "http://x");
  typed_over.set_item(*origins, 0, "http://y", {source::environment});
  BOOST_CHECK((finished(typed_over).cors_origins == list{"http://x"}));
}

BOOST_AUTO_TEST_CASE(a_kind_of_storage_says_where_unless_a_later_source_does) {
  const auto folder = [](auto... calls) {
    config::draft made;
    (calls(made), ...);
    return finished(made).folder;
  };
  const auto choose = [](std::string_view kind, source from) {
    return [=](config::draft& made) { made.choose_storage(kind, {from, "here"}); };
  };
  const auto name = [](source from) {
    return [=](config::draft& made) { set(made, "storage.filesystem.rootdirectory", "d", from); };
  };
  BOOST_TEST(folder(choose("filesystem", source::environment)) == "/var/lib/registry");
  BOOST_TEST(folder(choose("filesystem", source::file), name(source::file)) == "d");
  BOOST_TEST(folder(choose("inmemory", source::environment), name(source::file)) == "");
  BOOST_TEST(folder(choose("inmemory", source::file), name(typed)) == "d");
  BOOST_TEST(folder(choose("s3", source::file), choose("inmemory", source::environment)) == "");
  BOOST_TEST(folder(choose("s3", source::file), name(typed)) == "d");
  BOOST_TEST(refusal_of([&] { folder(choose("s3", source::environment)); }) ==
             "here: 's3' is not supported, and without it content would be lost with the process: "
             "write filesystem, or inmemory if it may be lost");
}

BOOST_AUTO_TEST_CASE(no_way_to_log_in_is_lost_by_a_start_without_it) {
  const auto chosen = [](std::string_view kind, bool has_file) {
    config::draft made;
    if (has_file)
      set(made, "auth.htpasswd.path", "users", source::file);
    made.choose_login(kind, {source::environment, "REGISTRY_AUTH"});
    return finished(made).htpasswd;
  };
  BOOST_TEST(chosen("htpasswd", true) == "users");
  BOOST_TEST(chosen("none", true) == "");
  BOOST_TEST(refusal_of([&] { chosen("htpasswd", false); }) ==
             "REGISTRY_AUTH: htpasswd needs a file of users: write auth.htpasswd.path");
  for (const bool has_file : {false, true}) {
    BOOST_TEST(refusal_of([&] { chosen("silly", has_file); }) ==
               "REGISTRY_AUTH: 'silly' is not supported, and without it everybody could do "
               "everything: write htpasswd or token, or none to let everybody in");
    BOOST_TEST(refusal_of([&] { chosen("token", has_file); }) ==
               "REGISTRY_AUTH: token needs the name of its issuer: write auth.token.issuer");
  }
}

BOOST_AUTO_TEST_CASE(a_token_service_is_whole_or_absent) {
  const std::vector<std::pair<std::string, std::string>> whole{
    {"auth.token.issuer", "issuer"},
    {"auth.token.realm", "https://auth.example/token"},
    {"auth.token.rootcertbundle", "/x.pem"},
    {"auth.token.service", "registry"}};
  const auto without = [&](const std::string& left_out) {
    config::draft made;
    for (const auto& [key, text] : whole)
      if (key != left_out)
        set(made, key, text, source::command_line);
    return finished(made).token_issuer;
  };
  BOOST_TEST(without("") == "issuer");
  BOOST_TEST(refusal_of([&] { without("auth.token.issuer"); }) ==
             "--token-realm needs auth.token.issuer (--token-issuer), too");
  BOOST_TEST(refusal_of([&] { without("auth.token.realm"); }) ==
             "--token-issuer needs auth.token.realm (--token-realm), too");
  BOOST_TEST(refusal_of([&] { without("auth.token.rootcertbundle"); }) ==
             "--token-issuer needs auth.token.rootcertbundle (--token-certs), too");
  BOOST_TEST(refusal_of([&] { without("auth.token.service"); }) ==
             "--token-issuer needs auth.token.service (--token-service), too");
}

BOOST_AUTO_TEST_CASE(what_lets_only_some_clients_in_is_never_without_effect) {
  config::draft plain;
  set(plain, "http.tls.clientcas", "ca.crt");
  BOOST_TEST(refusal_of([&] {
               plain.finish();
             }).starts_with("--tls-client-ca needs TLS: name a certificate with --tls-cert"));
  config::draft open;
  set(open, "http.tls.clientauth", "require-and-verify-client-cert");
  BOOST_TEST(refusal_of([&] { open.finish(); }) ==
             "--tls-client-auth needs authorities: name a file with --tls-client-ca "
             "(http.tls.clientcas)");
  config::draft idle;
  set(idle, "gantry.tls.clientuser", "dns");
  const std::vector<std::string> expected{
    "--tls-client-user has no effect without --tls-client-ca FILE"};
  BOOST_TEST(idle.finish().warnings == expected, boost::test_tools::per_element());
  for (const auto* certificate : {"http.tls.certificate", "gantry.tls.certificates"}) {
    config::draft whole;
    set(whole, certificate, "tls.crt:tls.key");
    set(whole, "http.tls.clientcas", "ca.crt");
    set(whole, "http.tls.clientauth", "verify-client-cert-if-given");
    set(whole, "gantry.tls.clientuser", "dns");
    const auto done = whole.finish();
    BOOST_TEST(done.warnings.empty());
    BOOST_CHECK(done.chosen->tls_clients == client_certificates::if_given);
    BOOST_CHECK(done.chosen->tls_client_user == certificate_name::dns);
  }
}

BOOST_AUTO_TEST_CASE(headers_of_proxies_need_proxies_that_are_believed) {
  config::draft open;
  set(open, "gantry.http.proxyprotocol", "true");
  BOOST_TEST(refusal_of([&] { open.finish(); }) ==
             "--proxy-protocol needs proxies that are believed: name them with --trusted-proxy "
             "(http.trustedproxies)");
  config::draft off;
  set(off, "gantry.http.proxyprotocol", "false");
  BOOST_TEST(!finished(off).proxy_protocol);
  config::draft whole;
  set(whole, "gantry.http.proxyprotocol", "true");
  set(whole, "http.trustedproxies", "10.0.0.0/8");
  BOOST_TEST(finished(whole).proxy_protocol);
}

BOOST_AUTO_TEST_CASE(distributions_defaults_yield_to_everything_that_is_given) {
  config::draft plain;
  plain.assume_distribution();
  const auto chosen = finished(plain);
  BOOST_TEST(!chosen.allow_delete);
  BOOST_CHECK(chosen.upload_expiry == std::chrono::hours{168});
  config::draft told;
  set(told, "storage.delete.enabled", "true", source::file);
  told.assume_distribution();
  BOOST_TEST(finished(told).allow_delete);
}

BOOST_AUTO_TEST_SUITE_END()
