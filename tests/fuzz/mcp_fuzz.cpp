// Messages of the Model Context Protocol: each answer is a message itself, and a call names a tool
// that exists.
#include "fuzz/fuzz.hpp"
#include "mcp/server.hpp"

#include <boost/json/parse.hpp>

#include <array>
#include <variant>

using namespace gantry;
using fuzz::require;

namespace {

constexpr std::array tools{mcp::tool{"a", "", "", R"({"type":"object"})", "{}"},
                           mcp::tool{"b", "", "", R"({"type":"object"})", "{}"}};
constexpr mcp::server subject{{"fuzzed", "", "1", ""}, tools};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::input text{data, size};
  const auto next = subject.read(text.rest());
  if (const auto* call = std::get_if<mcp::tool_call>(&next))
    require(call->which < tools.size());
  if (const auto* reply = std::get_if<mcp::reply>(&next)) {
    const auto answer = boost::json::parse(reply->text).as_object();
    require(answer.at("jsonrpc") == "2.0" && answer.contains("id"));
    require(answer.contains("result") != answer.contains("error"));
  }
  return 0;
}
