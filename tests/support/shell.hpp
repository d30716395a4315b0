// Other programs, for tests that compare with what they say.
#pragma once

#include <boost/test/unit_test.hpp>

#include <cstdio>
#include <string>

#include <sys/wait.h>

namespace gantry::test {

/// The output of a shell command, which must succeed.
inline std::string output_of(const std::string& command) {
  std::string output;
  FILE* const stream = ::popen(command.c_str(), "r");
  BOOST_REQUIRE(stream != nullptr);
  for (int byte = std::fgetc(stream); byte != EOF; byte = std::fgetc(stream))
    output.push_back(static_cast<char>(byte));
  const int status = ::pclose(stream);
  BOOST_TEST_CONTEXT(command) {
    BOOST_TEST((WIFEXITED(status) && WEXITSTATUS(status) == 0));
  }
  return output;
}

} // namespace gantry::test
