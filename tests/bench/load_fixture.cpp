#include "bench/load_fixture.hpp"

#include "domain/strict_json.hpp"
#include "support/golden.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <cstdlib>
#include <string_view>
#include <utility>

#include <sys/types.h>
#include <unistd.h>

namespace gantry::test {

namespace {

/// Unchanged, but in one piece.
std::string serialize(const http_response& response, bool to_head) {
  auto text = "HTTP/1.1 " + std::to_string(response.status) + " Answer\r\n";
  for (const auto& [name, value] : response.headers)
    if (name != "Transfer-Encoding" && (to_head || name != "Content-Length"))
      text.append(name).append(": ").append(value).append("\r\n");
  if (!to_head && response.status != 204)
    text.append("Content-Length: " + std::to_string(response.body.size()) + "\r\n");
  return text.append("\r\n").append(response.body);
}

} // namespace

text_stream::text_stream() : file_{::open_memstream(&bytes_, &size_)} {}

text_stream::~text_stream() {
  std::fclose(file_);
  std::free(bytes_);
}

std::string text_stream::text() {
  std::fflush(file_);
  return {bytes_, size_};
}

boost::json::object read_figures(const std::string& path) {
  return parse_object(read_text(path), 8).value();
}

std::uint64_t count_of(const outcome& result, const char* operation) {
  const auto& operations = result.figures.at("operations").as_object();
  const auto* entry = operations.if_contains(operation);
  return entry ? entry->at("count").to_number<std::uint64_t>() : 0;
}

std::uint64_t errors_of(const outcome& result, const char* operation, const char* kind) {
  const auto& operations = result.figures.at("operations").as_object();
  const auto* entry = operations.if_contains(operation);
  const auto* errors = entry ? entry->at("errors").as_object().if_contains(kind) : nullptr;
  return errors ? errors->to_number<std::uint64_t>() : 0;
}

std::uint64_t errors_of(const outcome& result) {
  return result.figures.at("errors").to_number<std::uint64_t>();
}

std::string url_of(const running_registry& server) {
  return "http://" + server.authority();
}

void strict(app::registry_options& settings) {
  use(settings, validation_policy::durable());
}

tampering_server::tampering_server(change tamper, refusal refuse)
  : tamper_{std::move(tamper)},
    refuse_{std::move(refuse)},
    front_{[this](const std::string& request) { return forward(request); }} {}

std::string tampering_server::forward(const std::string& request) {
  if (refuse_)
    if (auto refused = refuse_(request); !refused.empty())
      return refused;
  const bool to_head = request.starts_with("HEAD");
  connection_.send(request);
  return tamper_(request, serialize(connection_.receive(to_head), to_head));
}

tampering_server::change interrupt_after(const char* method, const char* in_target) {
  return [method, in_target, seen = 0](const std::string& request, std::string answer) mutable {
    const std::string_view line{request.data(), request.find('\r')};
    if (line.starts_with(method) && line.find(in_target) != std::string_view::npos && ++seen == 10)
      ::kill(::getpid(), SIGINT);
    return answer;
  };
}

void check_interrupted(const outcome& result) {
  BOOST_TEST(result.exit_code == 0);
  BOOST_TEST(!result.figures.at("complete").as_bool());
  BOOST_TEST(count_of(result, "image") > 0u);
  BOOST_TEST(result.table.ends_with("interrupted: a partial result\n"));
}

} // namespace gantry::test
