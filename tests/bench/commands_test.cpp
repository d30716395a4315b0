#include "bench/commands.hpp"

#include "bench/load_fixture.hpp"
#include "support/golden.hpp"
#include "support/has.hpp"
#include "support/registry_fixture.hpp"
#include "support/scripted_server.hpp"
#include "support/temp_dir.hpp"

#include <boost/json/serialize.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <ostream>
#include <stdexcept>
#include <string>
#include <utility>

namespace bench = gantry::bench;
using namespace gantry::test;
using namespace std::chrono_literals;

namespace {

struct mode_case {
  const char* name;
  bench::upload_mode mode;
  std::uint64_t patches;
};

std::ostream& operator<<(std::ostream& out, const mode_case& each) {
  return out << each.name;
}

/// Two layers of 10,000 bytes in chunks of 4,096, and a config.
const mode_case modes[] = {
  {"monolithic", bench::upload_mode::monolithic, 0},
  {"streamed", bench::upload_mode::streamed, 3},
  {"chunked", bench::upload_mode::chunked, 7},
};

const std::string nothing_follows = "Content-Length: 0\r\n\r\n";

/// A registry's answers to a push of new content.
std::string accept_all(const std::string& request) {
  if (request.starts_with("GET"))
    return "HTTP/1.1 200 OK\r\n" + nothing_follows;
  if (request.starts_with("HEAD"))
    return "HTTP/1.1 404 Not Found\r\n" + nothing_follows;
  if (request.starts_with("POST"))
    return "HTTP/1.1 202 Accepted\r\nLocation: /u?s=1\r\n" + nothing_follows;
  return "HTTP/1.1 201 Created\r\n" + nothing_follows;
}

std::string refuse(const std::string& challenge) {
  return "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: " + challenge + "\r\n" + nothing_follows;
}

struct demand {
  const char* challenge;
  const char* user;
  const char* message;
};

std::ostream& operator<<(std::ostream& out, const demand& each) {
  return out << each.challenge;
}

const demand demands[] = {
  {"Basic realm=\"x\"", "",
   "it asks for a user and a password (401): --user NAME:PASSWORD gives them"},
  {"Basic realm=\"x\"", "a:b",
   "the user or the password is not accepted: GET /v2/ was answered with 401"},
  {"Negotiate", "a:b", "it asks for credentials of an unknown kind (401)"},
  {"Bearer realm=\"ftp://x\"", "a:b", "it asks for credentials of an unknown kind (401)"},
};

struct range_lie {
  const char* truth;
  /// Replaces that text; if empty, the last byte changes.
  const char* lie;
  const char* error;
};

std::ostream& operator<<(std::ostream& out, const range_lie& each) {
  return out << each.error;
}

/// Applies to the second of two ranges of a layer.
const range_lie range_lies[] = {
  {"HTTP/1.1 206", "HTTP/1.1 200", "status_200"},
  {"bytes 6000-9999/10000", "bytes 6000-9999/10001", "other_range"},
  {"bytes 6000-9999/10000", "", "other_bytes"},
};

} // namespace

BOOST_AUTO_TEST_SUITE(commands)

BOOST_DATA_TEST_CASE(pushed_images_can_be_pulled, modes) {
  const running_registry server{strict};
  auto options = options_for<bench::push_options>(url_of(server), 20);
  options.uploads.mode = sample.mode;
  options.uploads.chunk_size = 4096;
  const auto result = run(options);
  BOOST_TEST(result.exit_code == 0);
  BOOST_TEST(result.figures.at("errors").to_number<int>() == 0, result.table);
  BOOST_TEST(count_of(result, "image") == 20u);
  for (const auto* each : {"HEAD blob", "POST upload", "PUT upload"})
    BOOST_TEST(count_of(result, each) == 60u);
  BOOST_TEST(count_of(result, "PATCH upload") == 20 * sample.patches);
  BOOST_TEST(count_of(result, "PUT manifest") == 20u);

  bench::image_settings settings = options.images;
  settings.seed = 11;
  const bench::image_source source{settings};
  registry_client client{server};
  for (const std::uint64_t number : {0, 19}) {
    const auto image = source.make(number);
    BOOST_TEST(client.get(manifest_path(image.repository, image.tag)).body == image.manifest);
    const auto layer = client.get(blob_path(image.repository, image.layers[1].digest));
    BOOST_TEST(sha256(layer.body) == image.layers[1].digest);
  }
}

BOOST_AUTO_TEST_CASE(layers_of_several_sizes_are_pushed_and_pulled) {
  const running_registry server{strict};
  auto options = options_for<bench::pull_options>(url_of(server), 20);
  options.images.layer_size = bench::layer_sizes::parse("48..1MiB").value();
  const auto result = run(options);
  BOOST_TEST(errors_of(result) == 0u, result.table);
  BOOST_TEST(count_of(result, "GET blob") == 60u);
  BOOST_TEST(result.figures.at("options").at("layer_size").as_string() == "48..1048576");
}

BOOST_AUTO_TEST_CASE(a_share_of_the_layers_is_mounted) {
  const running_registry server{strict};
  auto options = options_for<bench::push_options>(url_of(server), 40);
  options.images.mount_share = 50;
  options.cleanup = true;
  const auto result = run(options);
  BOOST_TEST(errors_of(result) == 0u, result.table);
  BOOST_TEST(count_of(result, "image") == 40u);
  const auto mounts = count_of(result, "POST mount");
  BOOST_TEST(mounts > 20u);
  BOOST_TEST(mounts < 60u);
  // Two layers and a config.
  BOOST_TEST(count_of(result, "PUT upload") == 120 - mounts);
  BOOST_TEST(result.figures.at("mounts_declined").to_number<int>() == 0);
  registry_client client{server};
  BOOST_TEST(strings_of(client.get("/v2/_catalog").body, "repositories").empty());
}

BOOST_AUTO_TEST_CASE(a_mount_that_is_declined_becomes_a_push) {
  // This server opens an upload for every POST.
  const scripted_server server{accept_all};
  auto options = options_for<bench::push_options>(server.url(), 5);
  options.images.mount_share = 100;
  const auto result = run(options);
  BOOST_TEST(errors_of(result) == 0u, result.table);
  BOOST_TEST(count_of(result, "POST mount") == 10u);
  BOOST_TEST(count_of(result, "PUT upload") == 15u);
  BOOST_TEST(result.figures.at("mounts_declined").to_number<int>() == 10);
  BOOST_TEST(has(result.table, "\n10 mounts were answered with 202: these layers were pushed\n"),
             result.table);
}

BOOST_AUTO_TEST_CASE(images_that_are_mounted_can_be_pulled) {
  const running_registry server{strict};
  auto options = options_for<bench::pull_options>(url_of(server), 20);
  options.images.mount_share = 100;
  const auto result = run(options);
  BOOST_TEST(errors_of(result) == 0u, result.table);
  BOOST_TEST(count_of(result, "image") == 20u);
}

BOOST_AUTO_TEST_CASE(pulls_look_at_every_byte) {
  const running_registry server{strict};
  auto options = options_for<bench::pull_options>(url_of(server), 30);
  options.set_size = 5;
  for (const bool verify : {true, false}) {
    options.pulls.verify = verify;
    options.seed = verify ? 1 : 2;
    const auto result = run(options);
    BOOST_TEST(result.exit_code == 0);
    BOOST_TEST(result.figures.at("errors").to_number<int>() == 0, result.table);
    BOOST_TEST(count_of(result, "image") == 30u);
    BOOST_TEST(count_of(result, "HEAD manifest") == 30u);
    BOOST_TEST(count_of(result, "GET manifest") == 30u);
    BOOST_TEST(count_of(result, "GET blob") == 90u);
    BOOST_TEST(count_of(result, "PUT manifest") == 0u);
    BOOST_TEST(result.figures.at("bytes").to_number<int>() > 30 * 20'000);
  }
}

BOOST_AUTO_TEST_CASE(the_series_leaves_out_nothing) {
  const running_registry server{strict};
  const auto result = run(options_for<bench::push_options>(url_of(server), 40));
  std::uint64_t images = 0;
  for (const auto& second : result.figures.at("series").as_array())
    images += second.at("count").to_number<std::uint64_t>();
  BOOST_TEST(images == 40u);
}

BOOST_AUTO_TEST_CASE(a_page_is_written) {
  const running_registry server{strict};
  const temp_dir folder;
  auto options = options_for<bench::push_options>(url_of(server), 4);
  options.html = (folder.path() / "push.html").string();
  BOOST_TEST(run(options).exit_code == 0);
  const auto html = read_text(options.html);
  BOOST_TEST(html.starts_with("<!DOCTYPE html>"));
  BOOST_TEST(html.ends_with("</html>\n"));
  BOOST_TEST(html.find("HEAD blob") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_unwritable_page_is_reported_at_once) {
  auto options = options_for<bench::push_options>("http://127.0.0.1:1", 1);
  options.html = "/dev/null/page.html";
  text_stream out, live;
  const auto says = [](const std::runtime_error& failure) {
    return std::string{failure.what()} == "/dev/null/page.html cannot be written";
  };
  BOOST_CHECK_EXCEPTION(bench::run(options, out.file(), live.file()), std::runtime_error, says);
}

BOOST_AUTO_TEST_CASE(blobs_are_pulled_in_ranges) {
  const running_registry server{strict};
  auto options = options_for<bench::pull_options>(url_of(server), 10);
  options.set_size = 5;
  options.pulls.range_size = 3000;
  for (const std::uint32_t parallel : {1, 3}) {
    options.pulls.parallel = parallel;
    options.seed = parallel;
    const auto result = run(options);
    BOOST_TEST(errors_of(result) == 0u, result.table);
    BOOST_TEST(count_of(result, "image") == 10u);
    // Two layers of 10,000 bytes, and a config.
    BOOST_TEST(count_of(result, "GET blob") == 10 * (4 + 4 + 1));
  }
}

BOOST_AUTO_TEST_CASE(blobs_are_pulled_in_parallel) {
  const tampering_server server{[](const std::string&, std::string answer) { return answer; }};
  auto options = options_for<bench::pull_options>(server.url(), 5);
  options.clients.connections = 1;
  options.set_size = 2;
  options.pulls.parallel = 8;
  const auto result = run(options);
  BOOST_TEST(errors_of(result) == 0u, result.table);
  BOOST_TEST(count_of(result, "GET blob") == 15u);
  // The probe's connection, the client's, and two more for the three blobs of an image.
  BOOST_TEST(server.connections() == 4u);
}

BOOST_DATA_TEST_CASE(a_wrong_range_is_detected, range_lies) {
  const tampering_server server{[&](const std::string&, std::string answer) {
    const auto at = answer.find(sample.truth);
    if (at != std::string::npos && *sample.lie == '\0')
      answer.back() = static_cast<char>(answer.back() + 1);
    else if (at != std::string::npos)
      answer.replace(at, std::string{sample.truth}.size(), sample.lie);
    return answer;
  }};
  auto options = options_for<bench::pull_options>(server.url(), 4);
  options.set_size = 2;
  options.pulls.range_size = 6000;
  options.pulls.parallel = 2;
  const auto result = run(options);
  BOOST_TEST(result.exit_code == 1);
  BOOST_TEST(errors_of(result, "GET blob", sample.error) >= 4u, result.table);
  BOOST_TEST(errors_of(result, "image", "failed") == 4u);
}

BOOST_AUTO_TEST_CASE(a_cleanup_leaves_nothing_behind) {
  const running_registry server{strict};
  auto options = options_for<bench::push_options>(url_of(server), 20);
  options.cleanup = true;
  BOOST_TEST(run(options).exit_code == 0);
  registry_client client{server};
  BOOST_TEST(strings_of(client.get("/v2/_catalog").body, "repositories").empty());
}

BOOST_AUTO_TEST_CASE(existing_content_is_an_error) {
  const running_registry server{strict};
  const auto options = options_for<bench::push_options>(url_of(server), 5);
  BOOST_TEST(run(options).exit_code == 0);
  const auto again = run(options);
  BOOST_TEST(again.exit_code == 1);
  BOOST_TEST(errors_of(again, "HEAD blob", "already_there") == 5u);
  BOOST_TEST(errors_of(again, "image", "failed") == 5u);
}

BOOST_AUTO_TEST_CASE(refusals_are_counted_by_their_status) {
  const running_registry server{
    [](gantry::app::registry_options& settings) { settings.api.read_only = true; }};
  const auto result = run(options_for<bench::push_options>(url_of(server), 6));
  BOOST_TEST(result.exit_code == 1);
  BOOST_TEST(count_of(result, "HEAD blob") == 6u);
  BOOST_TEST(errors_of(result, "POST upload", "status_405") +
               errors_of(result, "POST upload", "status_403") ==
             6u);
}

BOOST_AUTO_TEST_CASE(an_absolute_location_is_followed) {
  const running_registry server{
    [](gantry::app::registry_options& settings) { settings.api.absolute_locations = true; }};
  const auto result = run(options_for<bench::push_options>(url_of(server), 4));
  BOOST_TEST(result.figures.at("errors").to_number<int>() == 0, result.table);
}

BOOST_AUTO_TEST_CASE(a_path_in_the_url_prefixes_all_paths) {
  const running_registry server{
    [](gantry::app::registry_options& settings) { settings.api.prefix = "/registry"; }};
  const auto result = run(options_for<bench::push_options>(url_of(server) + "/registry/", 4));
  BOOST_TEST(result.figures.at("errors").to_number<int>() == 0, result.table);
}

BOOST_AUTO_TEST_CASE(a_rate_leaves_out_no_image) {
  const running_registry server;
  auto options = options_for<bench::push_options>(url_of(server), 20);
  options.how.rate = 100;
  const auto result = run(options);
  BOOST_TEST(count_of(result, "image") == 20u);
  BOOST_TEST(result.figures.at("missed").to_number<int>() == 0);
  BOOST_TEST(result.figures.at("errors").to_number<int>() == 0, result.table);
}

BOOST_AUTO_TEST_CASE(work_during_a_ramp_does_not_count) {
  const running_registry server{strict};
  auto options = options_for<bench::push_options>(url_of(server), 20);
  options.how.ramp = 100ms;
  options.images.repositories = 1;
  const auto result = run(options);
  BOOST_TEST(errors_of(result) == 0u, result.table);
  BOOST_TEST(count_of(result, "image") == 20u);
  registry_client client{server};
  const auto tags = client.get(tags_path("bench/000000000000000b-0")).body;
  BOOST_TEST(strings_of(tags, "tags").size() > 20u);
}

BOOST_AUTO_TEST_CASE(a_signal_ends_a_load_with_partial_figures) {
  tampering_server server{interrupt_after("PUT", "/manifests/")};
  auto options = options_for<bench::push_options>(server.url(), 1);
  options.how.count.reset();
  options.how.duration = 1h;
  check_interrupted(run(options));
}

BOOST_AUTO_TEST_CASE(wrong_answers_are_detected) {
  const auto lie =
    "HTTP/1.1 201 Created\r\nContent-Length: 0\r\nDocker-Content-Digest: " + digest_of_nothing() +
    "\r\n\r\n";
  const scripted_server server{[&](const std::string& request) -> std::string {
    if (request.starts_with("GET /v2/ "))
      return "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    if (request.starts_with("HEAD"))
      return "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
    if (request.starts_with("POST"))
      return "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nLocation: /u?s=1\r\n\r\n";
    return lie;
  }};
  const auto result = run(options_for<bench::push_options>(server.url(), 3));
  BOOST_TEST(result.exit_code == 1);
  BOOST_TEST(errors_of(result, "PUT upload", "other_digest") == 3u);
}

BOOST_AUTO_TEST_CASE(broken_connections_are_counted_and_reopened) {
  const scripted_server server{[&](const std::string& request) -> std::string {
    return request.starts_with("GET /v2/ ") ? "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" : "";
  }};
  const auto result = run(options_for<bench::push_options>(server.url(), 8));
  BOOST_TEST(errors_of(result, "HEAD blob", "closed") == 8u);
  BOOST_TEST(server.connections() == 9u);
}

BOOST_AUTO_TEST_CASE(an_absent_registry_is_reported_at_once) {
  std::string url;
  {
    const scripted_server server{[](const std::string&) { return std::string{}; }};
    url = server.url();
  }
  text_stream out, live;
  const auto options = options_for<bench::push_options>(url, 1);
  const auto says = [&](const std::runtime_error& failure) {
    return failure.what() == "no registry answers at " + url + ": Connection refused";
  };
  BOOST_CHECK_EXCEPTION(bench::run(options, out.file(), live.file()), std::runtime_error, says);
}

BOOST_AUTO_TEST_CASE(a_load_can_use_tls) {
  const scripted_server server{[](const std::string& request) { return accept_all(request); },
                               make_certificate("IP:127.0.0.1")};
  auto options = options_for<bench::push_options>(server.url(), 3);
  options.clients.tls.verify = false;
  const auto result = run(options);
  BOOST_TEST(result.exit_code == 0);
  BOOST_TEST(result.figures.at("errors").to_number<int>() == 0, result.table);
  BOOST_TEST(result.figures.at("options").at("insecure").as_bool());
}

BOOST_AUTO_TEST_CASE(a_rejected_certificate_is_reported_with_advice) {
  const scripted_server server{[](const std::string&) { return std::string{}; },
                               make_certificate("IP:127.0.0.1")};
  text_stream out, live;
  const auto options = options_for<bench::push_options>(server.url(), 1);
  const auto says = [&](const std::runtime_error& failure) {
    return failure.what() == "no registry answers at " + server.url() +
                               ": its certificate is not accepted (self-signed certificate); --ca "
                               "names the file of its issuer's certificate, --insecure accepts any";
  };
  BOOST_CHECK_EXCEPTION(bench::run(options, out.file(), live.file()), std::runtime_error, says);
}

BOOST_AUTO_TEST_CASE(a_password_is_sent_only_to_the_registry) {
  const scripted_server server{[](const std::string& request) {
    return has(request, "\r\nAuthorization: Basic YTpiOmM=\r\n") ? accept_all(request)
                                                                 : refuse("Basic realm=\"x\"");
  }};
  auto options = options_for<bench::push_options>(server.url(), 3);
  const temp_dir folder;
  options.user = "a:b:c";
  const auto on_the_command_line = run(options);
  options.user = "a";
  options.password_file = folder.write("password", "b:c\r\n").string();
  const auto in_a_file = run(options);
  for (const auto& result : {on_the_command_line, in_a_file}) {
    BOOST_TEST(result.exit_code == 0);
    BOOST_TEST(result.figures.at("errors").to_number<int>() == 0, result.table);
    BOOST_TEST(result.figures.at("options").at("user").as_string() == "a");
    BOOST_TEST(!has(boost::json::serialize(result.figures), "b:c"));
  }
}

BOOST_AUTO_TEST_CASE(tokens_are_fetched_kept_and_renewed) {
  std::atomic<int> tokens{0};
  const scripted_server authority{[&](const std::string& request) {
    const auto* const body = R"({"token":"x"})";
    ++tokens;
    return (has(request, "&scope=repository:bench/000000000000000b-0:pull,push") ||
            has(request, "GET /token?service=s HTTP"))
             ? "HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n" + std::string{body}
             : "HTTP/1.1 400 Bad Request\r\n" + nothing_follows;
  }};
  const auto challenge = "Bearer realm=\"" + authority.url() + "/token\",service=\"s\"";
  bool expired = false;
  const scripted_server server{[&](const std::string& request) {
    // A token that is valid at first, but no longer when the manifest is sent.
    const bool refused =
      has(request, " /v2/bench/000000000000000b-0/manifests/") && !std::exchange(expired, true);
    return has(request, "\r\nAuthorization: Bearer x\r\n") && !refused ? accept_all(request)
                                                                       : refuse(challenge);
  }};
  auto options = options_for<bench::push_options>(server.url(), 3);
  options.clients.connections = 1;
  options.images.repositories = 1;
  const auto result = run(options);
  BOOST_TEST(result.exit_code == 0);
  BOOST_TEST(result.figures.at("errors").to_number<int>() == 0, result.table);
  BOOST_TEST(count_of(result, "PUT manifest") == 3u);
  BOOST_TEST(count_of(result, "token") == 2u);
  BOOST_TEST(tokens == 2);
}

BOOST_AUTO_TEST_CASE(a_missing_token_fails_the_image) {
  const scripted_server authority{
    [](const std::string&) { return "HTTP/1.1 403 Forbidden\r\n" + nothing_follows; }};
  const scripted_server server{
    [&](const std::string&) { return refuse("Bearer realm=\"" + authority.url() + "\""); }};
  const auto result = run(options_for<bench::push_options>(server.url(), 2));
  BOOST_TEST(result.exit_code == 1);
  BOOST_TEST(errors_of(result, "token", "status_403") == 2u);
  BOOST_TEST(errors_of(result, "image", "failed") == 2u);
}

BOOST_DATA_TEST_CASE(a_registry_that_cannot_be_satisfied_is_not_loaded, demands) {
  const scripted_server server{[&](const std::string&) { return refuse(sample.challenge); }};
  text_stream out, live;
  auto options = options_for<bench::push_options>(server.url(), 1);
  options.user = sample.user;
  const auto says = [&](const std::runtime_error& failure) {
    return failure.what() == "no registry answers at " + server.url() + ": " + sample.message;
  };
  BOOST_CHECK_EXCEPTION(bench::run(options, out.file(), live.file()), std::runtime_error, says);
}

BOOST_AUTO_TEST_CASE(a_user_needs_one_password) {
  const scripted_server server{accept_all};
  text_stream out, live;
  auto options = options_for<bench::push_options>(server.url(), 1);
  const std::pair<const char*, const char*> wrong[] = {
    {"a", ""}, {"a:b", "/dev/null"}, {"", "/dev/null"}, {":b", ""}};
  for (const auto& [user, file] : wrong) {
    options.user = user;
    options.password_file = file;
    BOOST_CHECK_THROW(bench::run(options, out.file(), live.file()), std::invalid_argument);
  }
}

BOOST_AUTO_TEST_CASE(a_result_is_compared_with_itself) {
  const temp_dir folder;
  const auto file = folder.write(
    "a.json", R"({"format":"gantry-bench-1","images_per_second":50.0,"operations":{}})");
  text_stream out;
  const bench::compare_options options{file.string(), file.string()};
  BOOST_TEST(bench::run(options, out.file()) == 0);
  BOOST_TEST(out.text() == "              A      B   B/A\nimages/s  50.00  50.00  1.00\n");
}

BOOST_AUTO_TEST_CASE(files_that_are_not_results_are_refused) {
  const temp_dir folder;
  const auto file = folder.write("a.json", "{}").string();
  text_stream out;
  const bench::compare_options empty{file, file};
  const bench::compare_options absent{file + ".no", file};
  BOOST_CHECK_THROW(bench::run(empty, out.file()), std::runtime_error);
  BOOST_CHECK_THROW(bench::run(absent, out.file()), std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()
