// Settings that come from several sources.
#pragma once

#include "config/draft.hpp"
#include "config/environment.hpp"
#include "config/table.hpp"
#include "config/variables.hpp"

#include <boost/test/unit_test.hpp>

#include <string_view>
#include <vector>

namespace gantry::test {

inline void set(config::draft& made, std::string_view key, std::string_view text,
                config::source from = config::source::command_line) {
  const auto* setting = config::find_key(key);
  BOOST_REQUIRE(setting);
  made.set(*setting, text, from);
}

inline void read_environment(config::draft& made, std::vector<const char*> variables) {
  variables.push_back(nullptr);
  config::read_variables(made, config::environment{variables.data()});
}

inline config::settings finished(config::draft& made) {
  return *made.finish().chosen;
}

} // namespace gantry::test
