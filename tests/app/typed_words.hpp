// What the program makes of the words that follow its name.
#pragma once

#include "app/command_line.hpp"

#include <boost/test/unit_test.hpp>

#include <utility>
#include <variant>
#include <vector>

namespace gantry::test {

inline app::command parse(std::vector<const char*> words) {
  words.insert(words.begin(), "gantry");
  return app::parse_command_line(static_cast<int>(words.size()), words.data());
}

/// Of `serve`, which is not among the words.
inline config::settings settings_of(std::vector<const char*> words) {
  words.insert(words.begin(), "serve");
  const auto parsed = parse(std::move(words));
  if (const auto* message = std::get_if<app::message_command>(&parsed))
    BOOST_FAIL(message->text);
  return *std::get<app::serve_command>(parsed).settings;
}

} // namespace gantry::test
