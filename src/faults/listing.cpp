#include "faults/listing.hpp"

#include "faults/named_faults.hpp"
#include "faults/rule_json.hpp"

#include <utility>

namespace gantry::faults {

namespace json = boost::json;

json::array to_json(const std::vector<set_fault>& list) {
  json::array shown;
  for (const auto& each : list) {
    auto text = to_json(*each.what);
    text["id"] = each.id;
    text["matched"] = each.matched;
    text["hits"] = each.hits;
    shown.push_back(std::move(text));
  }
  return shown;
}

json::array named_to_json() {
  json::array named;
  for (const auto& each : named_faults())
    named.push_back(json::object{{"name", each.name}, {"help", each.help}});
  return named;
}

std::string too_many_faults() {
  return "at most " + std::to_string(fault_set::max_faults) + " faults at a time";
}

} // namespace gantry::faults
