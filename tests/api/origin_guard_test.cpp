#include "api/origin_guard.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>
#include <string>

using namespace gantry;
using namespace gantry::api;

namespace {

const std::string change_line = "POST /v2/a/blobs/uploads/";
const std::string control_line = "GET /__parlel/repositories";
const std::string read_line = "GET /v2/_catalog";

/// Judged with `https://ui.example` as a listed origin and `registry.example` as an allowed host.
options configured() {
  options settings;
  settings.cors_origins = {"*", "https://ui.example"};
  settings.allowed_hosts = {"registry.example"};
  return settings;
}

/// A parsed request head.
struct parsed_head {
  http::request_parser parser;
  http::result<http::request_head> head = http::refuse(http::refusal_code::malformed);

  explicit parsed_head(const std::string& line, const std::string& fields) {
    const auto text = line + " HTTP/1.1\r\n" + fields + "\r\n";
    boost::system::error_code ec;
    parser.put(boost::asio::buffer(text), ec);
    BOOST_REQUIRE(!ec);
    head = http::request_head::of(parser);
    BOOST_REQUIRE(head);
  }
};

bool is_refused(const std::string& line, const std::string& fields,
                const options& settings = configured()) {
  const parsed_head parsed{line, fields};
  const auto refused = refuse_by_origin(*parsed.head, settings);
  BOOST_CHECK(!refused || refused->code == errc::origin_refused);
  return refused.has_value();
}

struct page {
  const char* origin;
  const char* host;

  friend std::ostream& operator<<(std::ostream& out, const page& row) {
    return out << row.origin << " at " << row.host;
  }
  std::string fields() const {
    return std::string{"Host: "} + host + "\r\nOrigin: " + origin + "\r\n";
  }
};

const page trusted[] = {
  {"http://127.0.0.1:4775", "127.0.0.1:4775"},
  {"http://[::1]:4775", "[::1]:4775"},
  {"http://localhost:4775", "LOCALHOST:4775"},
  {"http://a.localhost", "a.localhost"},
  {"https://192.168.1.7", "192.168.1.7:443"},
  {"https://registry.example", "registry.example"}, // behind a TLS proxy
  {"http://registry.example:5000", "Registry.Example:5000"},
  {"https://ui.example", "anything"},
  {"https://UI.example:443", "127.0.0.1:4775"},
};

const page foreign[] = {
  {"http://evil.example", "127.0.0.1:4775"},
  {"null", "127.0.0.1:4775"},
  {"", "127.0.0.1:4775"},
  {"*", "127.0.0.1:4775"},
  {"nonsense", "127.0.0.1:4775"},
  {"http://127.0.0.1:4775, http://evil.example", "127.0.0.1:4775"},
  {"http://127.0.0.1:4775/", "127.0.0.1:4775"},
  {"http://127.0.0.1:3000", "127.0.0.1:4775"}, // another program on the same machine
  {"http://localhost:4775", "127.0.0.1:4775"},
  {"http://evil.example:4775", "evil.example:4775"}, // DNS rebinding
  {"http://localhost.evil.example", "localhost.evil.example"},
  {"http://evil.example", ""},
  {"http://ui.example", "127.0.0.1:4775"}, // listed with another scheme
  {"https://ui.example:8443", "127.0.0.1:4775"},
  {"https://registry.example", "127.0.0.1:4775"},
  {"ftp://127.0.0.1:4775", "127.0.0.1:4775"},
};

const std::string refused_lines[] = {
  change_line,
  "PUT /v2/a/manifests/t",
  "PATCH /v2/a/blobs/uploads/x",
  "DELETE /v2/a/manifests/t",
  "INVENTED /v2/",
  "POST /nowhere",
  control_line,
  "POST /__parlel/reset",
  "HEAD /__gantry/gc",
  "GET /__gantry/what/comes",
  "GET /%5F_parlel/repositories",
  "GET /mcp",
  "GET /mcp/x?y=1",
  "GET http://127.0.0.1:4775/__parlel/repositories",
  "OPTIONS /__parlel/reset",
};

} // namespace

BOOST_AUTO_TEST_SUITE(origin_guard)

BOOST_DATA_TEST_CASE(pages_of_the_registry_and_of_listed_origins_may_do_everything,
                     boost::unit_test::data::make(trusted)) {
  for (const auto& line : {change_line, control_line, read_line})
    BOOST_TEST(!is_refused(line, sample.fields()), line);
}

BOOST_DATA_TEST_CASE(other_pages_may_only_read, boost::unit_test::data::make(foreign)) {
  for (const auto& line : {change_line, control_line})
    BOOST_TEST(is_refused(line, sample.fields()), line);
  BOOST_TEST(!is_refused(read_line, sample.fields()));
}

BOOST_DATA_TEST_CASE(changes_and_controls_are_guarded_in_any_spelling,
                     boost::unit_test::data::make(refused_lines)) {
  BOOST_TEST(is_refused(sample, "Host: 127.0.0.1\r\nOrigin: http://evil.example\r\n"));
  BOOST_TEST(!is_refused(sample, "Host: 127.0.0.1\r\n"));
}

BOOST_AUTO_TEST_CASE(a_preflight_is_judged_like_its_request) {
  const std::string page = "Host: 127.0.0.1\r\nOrigin: http://evil.example\r\n";
  const std::string wants = "Access-Control-Request-Method: ";
  BOOST_TEST(!is_refused("OPTIONS /v2/", page));
  BOOST_TEST(!is_refused("OPTIONS /v2/", page + wants + "GET\r\n"));
  for (const std::string method : {"POST", "PUT", "DELETE", "get"})
    BOOST_TEST(is_refused("OPTIONS /v2/a/manifests/t", page + wants + method + "\r\n"), method);
}

BOOST_AUTO_TEST_CASE(controls_are_found_below_a_prefix) {
  auto settings = configured();
  settings.prefix = "/registry";
  const std::string page = "Host: 127.0.0.1\r\nOrigin: http://evil.example\r\n";
  BOOST_TEST(is_refused("GET /registry/__gantry/gc", page, settings));
  BOOST_TEST(!is_refused("GET /registry/v2/", page, settings));
}

// RFC 9112, 3.2.2
BOOST_AUTO_TEST_CASE(the_host_of_an_absolute_target_wins) {
  const std::string fields = "Host: evil.example\r\nOrigin: http://localhost:4775\r\n";
  BOOST_TEST(!is_refused("POST http://localhost:4775/__parlel/reset", fields));
  BOOST_TEST(is_refused("POST /__parlel/reset", fields));
}

BOOST_AUTO_TEST_CASE(a_request_without_a_host_has_no_page_of_its_own) {
  const parsed_head parsed{"GET /v2/", "Host: a\r\n"};
  BOOST_TEST(!refuse_by_origin(*parsed.head, {}));
  BOOST_TEST(is_refused(change_line, "Host:\r\nOrigin: http://localhost\r\n"));
}

BOOST_AUTO_TEST_CASE(the_fields_of_cors_follow_from_the_origin) {
  const auto fields_for = [](const options& settings, const std::string& fields) {
    const parsed_head parsed{read_line, "Host: a\r\n" + fields};
    std::string text;
    append_cors_fields(text, &*parsed.head, settings);
    return text;
  };
  const auto has = [](const std::string& text, const std::string& line) {
    return text.find(line + "\r\n") != std::string::npos;
  };
  const std::string listed = "Origin: https://ui.example\r\n";
  const std::string other = "Origin: http://evil.example\r\n";
  const auto all = configured();
  BOOST_TEST(has(fields_for(all, listed), "Access-Control-Allow-Origin: https://ui.example"));
  BOOST_TEST(has(fields_for(all, listed), "Vary: Origin"));
  BOOST_TEST(has(fields_for(all, other), "Access-Control-Allow-Origin: *"));
  BOOST_TEST(has(fields_for(all, other), "Vary: Origin"));
  auto some = all;
  some.cors_origins = {"https://ui.example"};
  BOOST_TEST(has(fields_for(some, listed), "Access-Control-Allow-Origin: https://ui.example"));
  BOOST_TEST(fields_for(some, other) == "Vary: Origin\r\n");
  BOOST_TEST(fields_for(some, "") == "Vary: Origin\r\n");
  BOOST_TEST(fields_for(options{}, "") == "Access-Control-Allow-Origin: *\r\n");
  some.cors_origins.clear();
  BOOST_TEST(fields_for(some, listed) == "");
}

BOOST_AUTO_TEST_CASE(a_preflight_names_the_methods_that_the_origin_may_use) {
  const parsed_head listed{read_line, "Host: a\r\nOrigin: https://ui.example\r\n"};
  const parsed_head other{read_line, "Host: a\r\nOrigin: http://evil.example\r\n"};
  auto settings = configured();
  BOOST_TEST(cors_methods("GET, PUT", *listed.head, settings) == "GET, PUT");
  BOOST_TEST(cors_methods("GET, PUT", *other.head, settings) == "GET, HEAD");
  settings.cors_origins = {"https://ui.example"};
  BOOST_TEST(cors_methods("GET, PUT", *other.head, settings) == "");
}

BOOST_AUTO_TEST_SUITE_END()
