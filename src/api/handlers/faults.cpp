// Faults on demand: set, listed and removed.
#include "api/error_table.hpp"
#include "api/exchange.hpp"
#include "api/requests.hpp"
#include "api/responses.hpp"
#include "api/short_body.hpp"
#include "faults/named_faults.hpp"
#include "faults/rule_json.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <string>
#include <utility>

namespace gantry::api {

namespace {

boost::json::object shown(const faults::set_fault& fault) {
  auto text = faults::to_json(*fault.what);
  text["id"] = fault.id;
  text["matched"] = fault.matched;
  text["hits"] = fault.hits;
  return text;
}

} // namespace

/// Answers 201 with the faults as they were understood. Either all of them are set, or none.
answer handle(exchange& ex, set_faults) {
  const auto text = co_await read_short_body(ex, faults::max_rules_text);
  if (!text)
    co_return make_error_response(text.error());
  auto rules = faults::read_rules(*text);
  if (!rules)
    co_return make_error_response(rules.error());
  const auto added = ex.server.faults.add(std::move(*rules));
  if (added.empty())
    co_return make_error_response(
      fail(errc::request_invalid,
           "at most " + std::to_string(faults::fault_set::max_faults) + " faults at a time"));
  boost::json::array list;
  for (const auto& each : added)
    list.push_back(shown(each));
  co_return make_json(201, boost::json::serialize(boost::json::object{{"faults", list}}));
}

answer handle(exchange& ex, list_faults) {
  boost::json::array list;
  for (const auto& each : ex.server.faults.list())
    list.push_back(shown(each));
  boost::json::array named;
  for (const auto& each : faults::named_faults())
    named.push_back(boost::json::object{{"name", each.name}, {"help", each.help}});
  co_return make_json(
    200, boost::json::serialize(boost::json::object{{"faults", list}, {"named", named}}));
}

answer handle(exchange& ex, clear_faults) {
  ex.server.faults.clear();
  co_return make_ok();
}

answer handle(exchange& ex, remove_fault request) {
  if (!ex.server.faults.remove(request.number))
    co_return make_error_response(fail(errc::fault_unknown, std::to_string(request.number)));
  co_return make_ok();
}

} // namespace gantry::api
