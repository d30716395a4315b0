// Tools for faults.
#include "api/tools/arguments.hpp"
#include "api/tools/tools.hpp"
#include "faults/listing.hpp"
#include "faults/rule_json.hpp"

#include <boost/json/serialize.hpp>

#include <optional>
#include <string>
#include <utility>

namespace gantry::api::tools {

namespace json = boost::json;

/// The arguments are a rule, as in `POST /__parlel/faults`.
outcome set_fault(exchange& ex, const json::object& arguments) {
  auto rule = faults::read_rule(json::serialize(arguments));
  if (!rule)
    co_return std::move(rule).error();
  std::vector<faults::rule> rules;
  rules.push_back(std::move(*rule));
  const auto added = ex.server.faults.add(std::move(rules));
  if (added.empty())
    co_return fail(errc::request_invalid, faults::too_many_faults());
  json::object text;
  text["faults"] = faults::to_json(added);
  co_return text;
}

outcome list_faults(exchange& ex, const json::object& arguments) {
  const auto read = read_no_arguments(arguments);
  if (!read)
    co_return read.error();
  json::object text;
  text["faults"] = faults::to_json(ex.server.faults.list());
  text["named"] = faults::named_to_json();
  co_return text;
}

outcome clear_faults(exchange& ex, const json::object& arguments) {
  std::optional<std::uint64_t> id;
  const auto read = read_arguments(arguments, [&](members& from) { from.number("id", id); });
  if (!read)
    co_return read.error();
  if (!id)
    ex.server.faults.clear();
  else if (!ex.server.faults.remove(*id))
    co_return fail(errc::fault_unknown, std::to_string(*id));
  co_return json::object{{"ok", true}};
}

} // namespace gantry::api::tools
