// Policy files: what is read decides, and a denial without a rule stays one.
#include "fuzz/fuzz.hpp"
#include "policy/reader.hpp"

#include <stdexcept>

using namespace gantry;
using fuzz::require;

namespace {

void ask(const policy::rule_set& rules, const policy::subject& who) {
  const auto rights = rules.rights_of(who);
  for (const auto name : policy::action_names()) {
    const auto what = policy::find_action(name).value();
    for (const auto* repository : {"a", "team/app", "a/b/c/d", "a.b/c-d"}) {
      const auto made = rights.decide(what, repository);
      require(made.allowed == (made.by && !made.by->denies));
      require(!made.by || made.by->actions.has(what));
      require(made.allowed || !rights.may_everywhere(what));
    }
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::input text{data, size};
  try {
    const auto rules = policy::read_policy(text.rest());
    require(rules->rules().size() <= policy::max_rules);
    ask(*rules, {});
    ask(*rules, policy::subject::user_named("alice"));
    ask(*rules, {.user = "bob",
                 .groups = {"g", "ops"},
                 .claims = {{"project", {"a", "b"}}},
                 .anonymous = false});
  } catch (const std::invalid_argument&) {
    return 0;
  }
  return 0;
}
