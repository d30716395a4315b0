#include "api/pull_observer.hpp"

#include <caf/send.hpp>

#include <utility>

namespace gantry::api {

// [snippet pull-send]
void pull_observer::finished(const finished_request& what) {
  const auto* asked = what.facts.asked;
  if (!asked || asked->name != "get_manifest" || what.exchange.status != 200 ||
      what.exchange.head->method() != "GET")
    return;
  if (auto repository = repository_name::parse(what.facts.repository))
    caf::anon_send(services_.pull_counter.get(), msg::count_pull{std::move(*repository)});
}
// [/snippet]

} // namespace gantry::api
