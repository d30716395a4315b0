#include "app/command_line.hpp"

#include "app/typed_words.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <initializer_list>
#include <string>
#include <vector>

using namespace gantry;
using namespace gantry::app;
using namespace gantry::test;

namespace {

const std::vector<const char*> wrong[] = {
  {},
  {"fly"},
  {"serve", "--no-such-flag"},
  {"serve", "--threads", "0"},
  {"serve", "--threads", "many"},
  {"serve", "--memory-limit", "12parsecs"},
  {"serve", "--access-log", "loud"},
  {"serve", "--references", "maybe"},
  {"serve", "--header", "no colon"},
  {"serve", "--header", "A b: c"},
  {"serve", "--header", "Content-length: 5"},
  {"serve", "--head-timeout", "-1"},
  {"serve", "--prefix", "registry"},
  {"serve", "--prefix", "/registry/"},
  {"serve", "--data", "d", "--memory-limit", "1GB"},
  {"serve", "--scrub-rate", "0"},
  {"gc"},
  {"verify", "--deep"},
  {"import", "oci:d"},
  {"import", "--data", "d"},
  {"import", "--data", "d", "docker-daemon:app"},
  {"import", "--data", "d", "oci:"},
  {"import", "--data", "d", "oci:d", "No Name"},
  {"import", "--data", "d", "registry:d", "app"},
  {"export", "--data", "d"},
  {"export", "--data", "d", "docker-archive:f"},
  {"export", "--data", "d", "oci:d:name"},
  {"export", "--data", "d", "oci:d:name", "one", "two"},
  {"bench"},
  {"bench", "push"},
  {"bench", "push", "--url", "ftp://127.0.0.1"},
  {"bench", "push", "--url", "https://h", "--ca", "/no/such/file"},
  {"bench", "push", "--url", "https://h", "--insecure", "--ca", "/dev/null"},
  {"bench", "push", "--url", "http://h", "--connections", "0"},
  {"bench", "push", "--url", "http://h", "--count", "5", "--duration", "5s"},
  {"bench", "push", "--url", "http://h", "--layer-size", "47"},
  {"bench", "push", "--url", "http://h", "--layer-size", "1KiB,,2KiB"},
  {"bench", "push", "--url", "http://h", "--mount-share", "101"},
  {"bench", "push", "--url", "http://h", "--rate", "0"},
  {"bench", "push", "--url", "http://h", "--mode", "folded"},
  {"bench", "push", "--url", "http://h", "--set", "5"},
  {"bench", "pull", "--url", "http://h", "--set", "0"},
  {"bench", "pull", "--url", "http://h", "--ranges", "0"},
  {"bench", "pull", "--url", "http://h", "--parallel", "0"},
  {"bench", "mixed", "--url", "http://h", "--mix", "push=1,fetch=2"},
  {"bench", "tags", "--url", "http://h", "--tags", "0"},
  {"bench", "tags", "--url", "http://h", "--repositories", "2"},
  {"bench", "catalog", "--url", "http://h", "--page", "0"},
  {"bench", "resume", "--url", "http://h", "--cuts", "1001"},
  {"bench", "resume", "--url", "http://h", "--mode", "monolithic"},
  {"bench", "zb", "--url", "http://h", "--workload", "Pull 2MB"},
  {"bench", "compare", "a.json"},
};

} // namespace

BOOST_AUTO_TEST_SUITE(command_line)

BOOST_AUTO_TEST_CASE(the_defaults_are_the_emulators) {
  const auto settings = settings_of({});
  BOOST_TEST(settings.addresses.front() == "127.0.0.1:4775");
  BOOST_TEST(settings.seed.empty());
  BOOST_CHECK(settings.references == validation_policy::references::warn);
}

BOOST_AUTO_TEST_CASE(the_environment_names_the_address_unless_the_flag_does) {
  ::setenv("REGISTRY_HTTP_ADDR", "127.0.0.1:5001", 1);
  const auto from_environment = settings_of({}).addresses.front();
  const auto from_flag = settings_of({"--addr", "127.0.0.1:5002"}).addresses.front();
  ::unsetenv("REGISTRY_HTTP_ADDR");
  BOOST_TEST(from_environment == "127.0.0.1:5001");
  BOOST_TEST(from_flag == "127.0.0.1:5002");
}

BOOST_AUTO_TEST_CASE(a_file_is_overridden_by_variables_and_flags) {
  const test::temp_dir folder;
  const auto file = (folder.path() / "c.yml").string();
  std::ofstream{file} << "version: 0.1\nhttp: {addr: ':1', prefix: /p}\n";
  BOOST_TEST(settings_of({file.c_str()}).addresses.front() == ":1");
  BOOST_TEST(settings_of({file.c_str(), "--addr", ":3"}).addresses.front() == ":3");
  ::setenv("REGISTRY_HTTP_ADDR", ":2", 1);
  const auto from_environment = settings_of({file.c_str()});
  ::setenv("REGISTRY_CONFIGURATION_PATH", file.c_str(), 1);
  const auto from_path = settings_of({});
  ::unsetenv("REGISTRY_CONFIGURATION_PATH");
  ::unsetenv("REGISTRY_HTTP_ADDR");
  for (const auto& each : {from_environment, from_path}) {
    BOOST_TEST(each.addresses.front() == ":2");
    BOOST_TEST(each.prefix == "/p");
  }
}

BOOST_AUTO_TEST_CASE(a_configuration_can_be_checked_and_shown) {
  const test::temp_dir folder;
  const auto file = (folder.path() / "c.yml").string();
  std::ofstream{file} << "version: 0.1\nredis: {}\nhttp: {addr: ':1'}\n";
  const auto checked = std::get<message_command>(parse({"config", "check", file.c_str()}));
  BOOST_TEST(checked.text == "warning: " + file +
                               ":2: redis is not supported and has no effect: "
                               "it needs no cache outside\n" +
                               file + " is valid\n");
  BOOST_TEST(checked.exit_code == 0);
  const auto shown =
    std::get<message_command>(parse({"config", "show", file.c_str(), "--threads", "3"}));
  BOOST_TEST(shown.text.find("- ':1'\n") != std::string::npos);
  BOOST_TEST(shown.text.find("threads: 3 ") != std::string::npos);
  std::ofstream{file} << "version: 0.1\nhttp: {adr: ':1'}\n";
  const auto wrong = std::get<message_command>(parse({"config", "check", file.c_str()}));
  BOOST_TEST(wrong.exit_code == 2);
  BOOST_TEST(wrong.text == "gantry: " + file +
                             ": line 2, column 8: 'adr' is not a key of http; did you mean "
                             "'addr'?\n");
}

BOOST_AUTO_TEST_CASE(sizes_and_times_have_units) {
  const auto settings =
    settings_of({"--memory-limit", "512MiB", "--max-blob-size", "1GB", "--head-timeout", "0.5",
                 "--upload-expiry", "1h", "--idle-timeout", "1500ms"});
  BOOST_TEST(settings.memory_limit == 512u * 1024 * 1024);
  BOOST_TEST(settings.max_blob_size == 1024u * 1024 * 1024);
  BOOST_TEST(settings.head_timeout.count() == 500);
  BOOST_TEST(settings.upload_expiry.count() == 3'600'000);
  BOOST_TEST(settings.idle_timeout.count() == 1500);
}

BOOST_AUTO_TEST_CASE(the_lenient_profile_accepts_anything_but_what_is_said_otherwise) {
  const auto lenient = settings_of({"--lenient"}).validation();
  BOOST_CHECK(lenient.digest == validation_policy::digests::trust);
  BOOST_CHECK(lenient.manifest == validation_policy::manifests::accept);
  BOOST_CHECK(lenient.reference == validation_policy::references::accept);
  for (const auto& order : {std::vector<const char*>{"--lenient", "--references", "reject"},
                            std::vector<const char*>{"--references", "reject", "--lenient"}})
    BOOST_CHECK(settings_of(order).references == validation_policy::references::reject);
}

BOOST_AUTO_TEST_CASE(a_durable_registry_is_stricter_by_default) {
  const auto durable = settings_of({"--data", "/srv/registry"});
  BOOST_TEST(durable.folder == "/srv/registry");
  BOOST_TEST(!durable.allow_reset);
  BOOST_CHECK(durable.references == validation_policy::references::reject);
  const auto told = settings_of({"--data", "d", "--references", "warn", "--allow-reset"});
  BOOST_TEST(told.allow_reset);
  BOOST_CHECK(told.references == validation_policy::references::warn);
  BOOST_TEST(settings_of({}).allow_reset);
  ::setenv("REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY", "/var/lib/registry", 1);
  const auto from_environment = settings_of({}).folder;
  ::unsetenv("REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY");
  BOOST_TEST(from_environment == "/var/lib/registry");
}

BOOST_AUTO_TEST_CASE(a_stopped_registry_is_collected_and_verified) {
  const auto gc = parse({"gc", "--data", "d", "--dry-run", "--grace", "0", "--delete-untagged"});
  const auto& collecting = std::get<gc_command>(gc);
  BOOST_TEST(collecting.folder == "d");
  BOOST_TEST(collecting.policy.dry_run);
  BOOST_TEST(collecting.policy.delete_untagged);
  BOOST_TEST(collecting.policy.grace.count() == 0);
  BOOST_TEST(collecting.wait_for_lock.at_most.count() == 0);
  const auto verify =
    parse({"verify", "--data", "d", "--deep", "--repair", "--wait-for-lock", "30s"});
  const auto& verifying = std::get<verify_command>(verify);
  BOOST_TEST(verifying.options.deep);
  BOOST_TEST(verifying.options.repair);
  BOOST_TEST(verifying.options.wait_for_lock.at_most.count() == 30'000);
  const auto help = parse({"verify", "--help"});
  BOOST_TEST(std::get<message_command>(help).text.find("--deep") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(images_come_in_and_go_out) {
  const auto archive = parse({"import", "--data", "d", "docker-archive:a:b.tar", "team/app:1"});
  const auto& importing = std::get<import_command>(archive);
  BOOST_TEST(importing.folder == "d");
  BOOST_TEST(std::get<archive_place>(importing.source).file == "a:b.tar");
  BOOST_TEST(importing.as.value().to_string() == "team/app:1");
  const auto folder = parse({"import", "--data", "d", "registry:/var/lib/registry"});
  BOOST_TEST(std::get<distribution_place>(std::get<import_command>(folder).source).folder ==
             "/var/lib/registry");

  const auto one = parse({"export", "--data", "d", "oci:out:stable", "team/app"});
  const auto& exporting = std::get<export_command>(one);
  BOOST_TEST(exporting.layout == "out");
  BOOST_TEST(exporting.selection.name == "stable");
  BOOST_REQUIRE(exporting.selection.images.size() == 1U);
  BOOST_TEST(exporting.selection.images[0].to_string() == "team/app:latest");
  BOOST_TEST(
    std::get<export_command>(parse({"export", "--data", "d", "oci:out"})).selection.images.empty());
}

BOOST_AUTO_TEST_CASE(some_flags_may_be_repeated) {
  const auto settings = settings_of({"--header", "X-A: 1", "--header", "X-B: a: b",
                                     "--immutable-tags", "v*", "--immutable-tags", "release-*"});
  BOOST_REQUIRE(settings.headers.size() == 2u);
  BOOST_TEST(settings.headers[1].first == "X-B");
  BOOST_TEST(settings.headers[1].second == "a: b");
  BOOST_TEST(settings.immutable_tags.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_session_is_recorded_as_it_was_asked) {
  const auto parsed = parse(
    {"record", "--upstream", "https://h", "--to", "s.har", "--addr", "127.0.0.1:0", "--insecure"});
  const auto& recording = std::get<record_command>(parsed);
  BOOST_TEST(recording.upstream == "https://h");
  BOOST_TEST(recording.file == "s.har");
  BOOST_TEST(recording.address == "127.0.0.1:0");
  BOOST_TEST(!recording.tls.verify);
  const auto refused =
    std::get<message_command>(parse({"record", "--upstream", "http://h/v2", "--to", "s.har"}));
  BOOST_TEST(refused.exit_code == 2);
  BOOST_TEST(refused.text.find("without a path") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_push_is_benchmarked_as_it_was_asked) {
  const auto push =
    parse({"bench",    "push",           "--url",  "http://h:1",    "--insecure", "--user",
           "a:b",      "--connections",  "64",     "--threads",     "2",          "--count",
           "500",      "--warmup",       "1.5",    "--ramp",        "3",          "--rate",
           "0.5",      "--layer-size",   "1KiB",   "--mount-share", "30",         "--layers",
           "3",        "--repositories", "4",      "--seed",        "9",          "--mode",
           "chunked",  "--chunk-size",   "4KiB",   "--cleanup",     "--timeout",  "2",
           "--output", "f.json",         "--html", "f.html"});
  const auto& load = std::get<bench::push_options>(push);
  BOOST_TEST(load.url == "http://h:1");
  BOOST_TEST(!load.clients.tls.verify);
  BOOST_TEST(load.user == "a:b");
  BOOST_TEST(load.clients.connections == 64u);
  BOOST_TEST(load.clients.threads == 2u);
  BOOST_TEST(load.clients.timeout.count() == 2000);
  BOOST_TEST(load.how.count.value() == 500u);
  BOOST_TEST(!load.how.duration.has_value());
  BOOST_CHECK(load.how.warmup == std::chrono::milliseconds{1500});
  BOOST_CHECK(load.how.ramp == std::chrono::seconds{3});
  BOOST_TEST(load.how.rate == 0.5);
  BOOST_TEST(load.images.layer_size.to_string() == "1024");
  BOOST_TEST(load.images.mount_share == 30u);
  BOOST_TEST(load.images.layers == 3u);
  BOOST_TEST(load.images.repositories == 4u);
  BOOST_TEST(load.seed.value() == 9u);
  BOOST_CHECK(load.uploads.mode == bench::upload_mode::chunked);
  BOOST_TEST(load.uploads.chunk_size == 4096u);
  BOOST_TEST(load.cleanup);
  BOOST_TEST(load.output == "f.json");
  BOOST_TEST(load.html == "f.html");
}

BOOST_AUTO_TEST_CASE(a_pull_is_verified_unless_it_is_told_otherwise) {
  const auto pull = parse({"bench", "pull", "--url", "http://h", "--duration", "3s", "--set", "7"});
  const auto& load = std::get<bench::pull_options>(pull);
  BOOST_TEST(load.pulls.verify);
  BOOST_TEST(load.pulls.range_size == 0u);
  BOOST_TEST(load.pulls.parallel == 1u);
  BOOST_TEST(load.set_size == 7u);
  BOOST_TEST((load.how.duration.value() == std::chrono::seconds{3}));
  const auto fast = parse(
    {"bench", "pull", "--url", "http://h", "--no-verify", "--ranges", "64KiB", "--parallel", "3"});
  BOOST_TEST(!std::get<bench::pull_options>(fast).pulls.verify);
  BOOST_TEST(std::get<bench::pull_options>(fast).pulls.range_size == 65536u);
  BOOST_TEST(std::get<bench::pull_options>(fast).pulls.parallel == 3u);
}

BOOST_AUTO_TEST_CASE(a_mixed_load_has_weights) {
  const auto mixed = parse({"bench", "mixed", "--url", "http://h", "--mix", "pull=3,delete=1"});
  const auto& load = std::get<bench::mixed_options>(mixed);
  BOOST_TEST(load.weights.to_string() == "push=0,pull=3,head=0,delete=1");
}

BOOST_AUTO_TEST_CASE(a_race_for_tags_happens_in_one_repository) {
  const auto tags = parse({"bench", "tags", "--url", "http://h", "--tags", "4", "--set", "3"});
  const auto& load = std::get<bench::tags_options>(tags);
  BOOST_TEST(load.tags == 4u);
  BOOST_TEST(load.set_size == 3u);
  BOOST_TEST(load.images.repositories == 1u);
}

BOOST_AUTO_TEST_CASE(a_catalog_has_repositories_tags_and_pages) {
  const auto catalog = parse(
    {"bench", "catalog", "--url", "http://h", "--repositories", "9", "--tags", "5", "--page", "3"});
  const auto& load = std::get<bench::catalog_options>(catalog);
  BOOST_TEST(load.images.repositories == 9u);
  BOOST_TEST(load.tags == 5u);
  BOOST_TEST(load.page == 3u);
}

BOOST_AUTO_TEST_CASE(uploads_are_cut_as_often_as_asked) {
  const auto resume =
    parse({"bench", "resume", "--url", "http://h", "--cuts", "5", "--chunk-size", "2KiB"});
  const auto& load = std::get<bench::resume_options>(resume);
  BOOST_TEST(load.cuts == 5u);
  BOOST_TEST(load.uploads.chunk_size == 2048u);
}

BOOST_AUTO_TEST_CASE(a_churn_keeps_as_many_images_as_asked) {
  const auto churn = parse({"bench", "churn", "--url", "http://h", "--keep", "0"});
  BOOST_TEST(std::get<bench::churn_options>(churn).keep == 0u);
}

BOOST_AUTO_TEST_CASE(tests_of_zb_are_picked_by_name) {
  const auto zb = parse({"bench", "zb", "--url", "http://h", "--workload",
                         "Pull Mixed 20% 1MB, 70% 10MB, 10% 100MB", "--workload", "Pull 1MB"});
  const auto& load = std::get<bench::zb_options>(zb);
  BOOST_REQUIRE(load.tests.size() == 2u);
  BOOST_TEST(load.tests[0] == "Pull Mixed 20% 1MB, 70% 10MB, 10% 100MB");
}

BOOST_AUTO_TEST_CASE(two_results_are_compared) {
  const auto compare = parse({"bench", "compare", "a.json", "b.json"});
  BOOST_TEST(std::get<bench::compare_options>(compare).base == "a.json");
  BOOST_TEST(std::get<bench::compare_options>(compare).other == "b.json");
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_said_in_one_line) {
  for (const auto& arguments : wrong) {
    const auto parsed = parse(arguments);
    BOOST_TEST_CONTEXT((arguments.empty() ? "nothing" : arguments.back())) {
      const auto* message = std::get_if<message_command>(&parsed);
      BOOST_REQUIRE(message);
      BOOST_TEST(message->exit_code == 2);
      BOOST_TEST(message->text.starts_with("gantry: "));
      BOOST_TEST(std::count(message->text.begin(), message->text.end(), '\n') == 1);
    }
  }
}

BOOST_AUTO_TEST_CASE(help_shows_every_option_and_ends_well) {
  const auto parsed = parse({"serve", "--help"});
  const auto& message = std::get<message_command>(parsed);
  BOOST_TEST(message.exit_code == 0);
  for (const auto* option : {"--addr", "--access-log", "--references", "--drain-timeout"})
    BOOST_TEST(message.text.find(option) != std::string::npos, option);
  BOOST_TEST(message.text.find('\0') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(help_is_that_of_the_innermost_command) {
  const auto parsed = parse({"bench", "pull", "--help"});
  const auto& text = std::get<message_command>(parsed).text;
  BOOST_TEST(text.find("--no-verify") != std::string::npos);
  BOOST_TEST(text.find("{chunked,monolithic,streamed}") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(help_names_the_program_in_its_usage) {
  for (const auto& typed :
       {std::vector<const char*>{"bench", "pull", "--help"}, {"help", "bench", "pull"}}) {
    const auto parsed = parse(typed);
    const auto& message = std::get<message_command>(parsed);
    BOOST_TEST(message.exit_code == 0);
    BOOST_TEST(message.text.find("Usage: gantry bench pull [OPTIONS]") != std::string::npos);
  }
  BOOST_TEST(std::get<message_command>(parse({"help"})).text.find("Usage: gantry [OPTIONS]") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_version_is_printed) {
  for (const auto* typed : {"version", "--version"}) {
    const auto parsed = parse({typed});
    BOOST_TEST(std::get<message_command>(parsed).exit_code == 0);
    BOOST_TEST(std::get<message_command>(parsed).text.starts_with("gantry "));
  }
}

BOOST_AUTO_TEST_CASE(an_empty_value_is_one_where_it_means_something) {
  BOOST_TEST(settings_of({"--cors-origin", ""}).cors_origins.empty());
  BOOST_TEST(settings_of({"--cors-origin="}).cors_origins.empty());
}

BOOST_AUTO_TEST_CASE(pages_may_read_a_registry_in_memory_and_use_it_only_if_listed) {
  const auto origins = [](const std::vector<const char*>& arguments) {
    return settings_of(arguments).cors_origins;
  };
  using list = std::vector<std::string>;
  BOOST_CHECK(origins({}) == list{"*"});
  BOOST_CHECK(origins({"--data", "x"}) == list{});
  BOOST_CHECK(origins({"--data", "x", "--cors-origin", "*"}) == list{"*"});
  BOOST_CHECK((origins({"--cors-origin", "http://localhost:3000", "--cors-origin", "*"}) ==
               list{"http://localhost:3000", "*"}));
  BOOST_CHECK(
    (settings_of({"--allowed-host", "Registry.Example", "--allowed-host", "b"}).allowed_hosts ==
     list{"registry.example", "b"}));
}

BOOST_AUTO_TEST_CASE(what_is_no_origin_or_host_is_refused_with_an_example) {
  const auto refused_with = [](const char* option, const char* text, const char* example) {
    const auto message = std::get<message_command>(parse({"serve", option, text}));
    return message.exit_code == 2 && message.text.find(example) != std::string::npos;
  };
  for (const auto* text : {"localhost:3000", "http://a/", "null", "http://"})
    BOOST_TEST(refused_with("--cors-origin", text, "such as http://localhost:3000"), text);
  for (const auto* text : {"http://a", "a:80", "a b", ""})
    BOOST_TEST(refused_with("--allowed-host", text, "such as registry.example"), text);
}

BOOST_AUTO_TEST_CASE(the_default_page_is_never_larger_than_the_largest) {
  BOOST_TEST(settings_of({"--page-max", "7"}).page_default == 7u);
  BOOST_TEST(settings_of({"--page-max", "7", "--page-default", "5"}).page_default == 5u);
}

BOOST_AUTO_TEST_CASE(an_option_that_does_nothing_is_told) {
  const auto parsed = parse({"serve", "--scrub-interval", "7d", "--threads", "2"});
  const auto& warnings = std::get<serve_command>(parsed).warnings;
  BOOST_REQUIRE(warnings.size() == 1u);
  BOOST_TEST(warnings[0] == "--scrub-interval has no effect without --data DIR");
  const auto durable = parse({"serve", "--scrub-interval", "7d", "--data", "d"});
  BOOST_TEST(std::get<serve_command>(durable).warnings.empty());
}

BOOST_AUTO_TEST_SUITE_END()
