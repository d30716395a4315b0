// A request's way to its handler and the head of its answer, without socket and actor.
#include "api/request_parser.hpp"
#include "api/responses.hpp"
#include "http/request_head.hpp"
#include "http/response_head.hpp"

#include <benchmark/benchmark.h>
#include <boost/asio/buffer.hpp>
#include <boost/none.hpp>

#include <string>

using namespace gantry;
using namespace gantry::http;

namespace {

const std::string target = "/v2/library/hello-world/manifests/latest";

void parse_head(benchmark::State& state) {
  const auto text =
    "GET " + target +
    " HTTP/1.1\r\nHost: 127.0.0.1:4775\r\nUser-Agent: containers/5.24\r\n"
    "Accept: application/vnd.oci.image.manifest.v1+json\r\n"
    "Docker-Distribution-Api-Version: registry/2.0\r\nAccept-Encoding: gzip\r\n\r\n";
  for (auto _ : state) {
    request_parser parser;
    boost::system::error_code ec;
    parser.put(boost::asio::buffer(text), ec);
    auto head = request_head::of(parser);
    if (ec || !head)
      state.SkipWithError("the head is refused");
    benchmark::DoNotOptimize(head);
  }
}
BENCHMARK(parse_head);

void route_request(benchmark::State& state) {
  for (auto _ : state) {
    auto parsed = api::parse_request("GET", target, {});
    if (!parsed)
      state.SkipWithError("the request is refused");
    benchmark::DoNotOptimize(parsed);
  }
}
BENCHMARK(route_request);

void write_head(benchmark::State& state) {
  const auto id = digest::of("x");
  std::string text;
  for (auto _ : state) {
    auto reply = make_empty(200);
    api::set_identity(reply, id);
    reply.set("Content-Type", "application/vnd.oci.image.manifest.v1+json");
    reply.content_length = 565;
    write_response_head(text, reply, nullptr, "0123456789abcdef");
    benchmark::DoNotOptimize(text);
  }
}
BENCHMARK(write_head);

} // namespace
