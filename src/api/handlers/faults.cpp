// Faults on demand: set, listed and removed.
#include "api/error_table.hpp"
#include "api/exchange.hpp"
#include "api/requests.hpp"
#include "api/responses.hpp"
#include "api/short_body.hpp"
#include "faults/listing.hpp"
#include "faults/rule_json.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <string>
#include <utility>

namespace gantry::api {

namespace json = boost::json;

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
    co_return make_error_response(fail(errc::request_invalid, faults::too_many_faults()));
  json::object shown;
  shown["faults"] = faults::to_json(added);
  co_return make_json(201, json::serialize(shown));
}

answer handle(exchange& ex, list_faults) {
  json::object shown;
  shown["faults"] = faults::to_json(ex.server.faults.list());
  shown["named"] = faults::named_to_json();
  co_return make_json(200, json::serialize(shown));
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
