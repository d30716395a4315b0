#include "mcp/tool.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <utility>

namespace gantry::mcp {

namespace json = boost::json;

namespace {

json::value parse(std::string_view text) {
  return json::parse(json::string_view{text.data(), text.size()});
}

json::array make_text(std::string_view text) {
  return {json::object{{"type", "text"}, {"text", text}}};
}

} // namespace

json::object describe(const tool& shown) {
  json::object text{{"name", shown.name},
                    {"title", shown.title},
                    {"description", shown.description},
                    {"inputSchema", parse(shown.arguments)},
                    {"outputSchema", parse(shown.result)}};
  json::object hints{{"readOnlyHint", shown.hints.only_reads}, {"openWorldHint", false}};
  if (!shown.hints.only_reads) {
    hints["destructiveHint"] = shown.hints.destroys;
    hints["idempotentHint"] = shown.hints.repeatable;
  }
  text["annotations"] = std::move(hints);
  return text;
}

json::object make_result(json::object structured) {
  json::object result;
  result["content"] = make_text(json::serialize(structured));
  result["structuredContent"] = std::move(structured);
  result["isError"] = false;
  return result;
}

json::object make_failure(std::string_view text) {
  return {{"content", make_text(text)}, {"isError", true}};
}

} // namespace gantry::mcp
