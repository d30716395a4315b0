// The table of options in README.md has every option of `gantry serve`, with its default.
#include "app/command_line.hpp"
#include "app/option_values.hpp"

#include "docs/markdown.hpp"
#include "support/golden.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <variant>
#include <vector>

BOOST_AUTO_TEST_SUITE(command_line_doc)

using namespace gantry;
using namespace gantry::test;

namespace {

app::config parsed_defaults() {
  const std::array<const char*, 2> arguments{"gantry", "serve"};
  const auto command =
    app::parse_command_line(static_cast<int>(arguments.size()), arguments.data());
  return std::get<app::serve_command>(command).settings;
}

std::set<std::string> options_in_help(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "gantry");
  arguments.push_back("--help");
  const auto command =
    app::parse_command_line(static_cast<int>(arguments.size()), arguments.data());
  const auto& text = std::get<app::message_command>(command).text;
  const std::regex option{"\\n +(?:-\\w,)?(--[a-z-]+)"};
  std::set<std::string> known;
  for (std::sregex_iterator found{text.begin(), text.end(), option}, end; found != end; ++found)
    known.insert((*found)[1]);
  known.erase("--help");
  return known;
}

std::string show(bool on) {
  return on ? "on" : "off";
}
std::string show(const std::string& text) {
  return text.empty() ? "none" : "`" + text + "`";
}
std::string show_count(std::uint64_t count) {
  return count == 0 ? "none" : std::to_string(count);
}
std::string show_size(std::uint64_t bytes) {
  return bytes == 0 ? "none" : std::to_string(bytes / 1024 / 1024) + " MiB";
}
std::string show_span(std::chrono::milliseconds span) {
  return app::render_duration(span);
}

/// What the README must say of each option.
std::map<std::string, std::string> defaults() {
  const auto settings = parsed_defaults();
  const auto& api = settings.api;
  const auto& http = settings.http;
  const auto& actors = settings.actors;
  const bool warns = actors.validation.reference == validation_policy::references::warn;
  const bool logs_text = settings.log == telemetry::log_format::text;
  return {
    {"--addr", show(settings.address)},
    {"--threads", settings.threads == 0 ? "one per core" : std::to_string(settings.threads)},
    {"--wait-for-lock", show_span(settings.wait_for_lock)},
    {"--memory-limit", settings.memory_limit == 0 ? "half of the RAM" : "?"},
    {"--seed", show(settings.seed)},
    {"--access-log", logs_text ? "`text`" : "?"},
    {"--separate-scheduler", show(settings.separate_scheduler)},
    {"--lenient", show(actors.validation.digest == validation_policy::digests::trust)},
    {"--references", warns ? "`warn`" : "?"},
    {"--read-only", show(api.read_only)},
    {"--no-delete", show(!api.allow_delete)},
    {"--no-referrers", show(!api.referrers)},
    {"--immutable-tags", actors.immutable_tags.empty() ? "none" : "?"},
    {"--max-repositories", show_count(actors.max_repositories)},
    {"--max-blob-size", show_size(actors.uploads.max_size)},
    {"--chunk-min-length", show_size(api.chunk_min_length)},
    {"--upload-expiry", show_span(actors.upload_expiry)},
    {"--prefix", show(api.prefix)},
    {"--absolute-locations", show(api.absolute_locations)},
    {"--header", http.headers.empty() ? "none" : "?"},
    {"--cors-origin", api.cors_origins.size() == 1 ? show(api.cors_origins.front()) : "?"},
    {"--allowed-host", api.allowed_hosts.empty() ? "none" : "?"},
    {"--page-default", show_count(api.pages.default_limit)},
    {"--page-max", show_count(api.pages.max_limit)},
    {"--page-strict", show(api.pages.refuse_excess)},
    {"--max-in-flight", show_size(api.max_in_flight)},
    {"--max-connections", show_count(http.max_connections)},
    {"--head-timeout", show_span(http.head_timeout)},
    {"--idle-timeout", show_span(http.idle_timeout)},
    {"--body-timeout", show_span(http.body_timeout)},
    {"--stall-timeout", show_span(http.stall_timeout)},
    {"--min-body-rate", show_count(http.min_body_rate)},
    {"--send-timeout", show_span(http.send_timeout)},
    {"--drain-timeout", show_span(http.drain_timeout)},
  };
}

std::map<std::string, std::string> documented_options(const char* file = "README.md") {
  const auto readme = std::filesystem::path{GANTRY_SOURCE_DIR} / file;
  std::map<std::string, std::string> options;
  for (const auto& row : table_below(read_text(readme), "## Options")) {
    const auto flag = code_spans(row.at(0)).at(0);
    options[flag.substr(0, flag.find(' '))] = row.at(1);
  }
  return options;
}

} // namespace

BOOST_AUTO_TEST_CASE(defaults_are_those_of_the_program) {
  const auto documented = documented_options();
  for (const auto& [flag, value] : defaults())
    BOOST_TEST_CONTEXT(flag) {
      BOOST_REQUIRE(documented.count(flag) == 1);
      BOOST_TEST(documented.at(flag) == value);
    }
}

BOOST_AUTO_TEST_CASE(every_option_is_there_and_no_other) {
  std::set<std::string> documented;
  for (const auto& entry : documented_options())
    documented.insert(entry.first);
  BOOST_TEST(options_in_help({"serve"}) == documented, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(every_option_of_the_load_generator_is_there_and_no_other) {
  std::set<std::string> documented;
  for (const auto& entry : documented_options("docs/bench.md"))
    documented.insert(entry.first);
  std::set<std::string> known;
  for (const auto* workload :
       {"push", "pull", "mixed", "tags", "catalog", "mount-storm", "resume", "churn", "zb"})
    known.merge(options_in_help({"bench", workload}));
  BOOST_TEST(known == documented, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
