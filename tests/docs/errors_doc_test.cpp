// docs/errors.md shows the error table of the program.
#include "api/error_table.hpp"

#include "docs/markdown.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

BOOST_AUTO_TEST_SUITE(errors_doc)

using namespace gantry;
using namespace gantry::test;

namespace {

struct row {
  api::wire_error wire;
  std::string cause;
};

/// By status, then code: a reader looks for what came over the wire.
std::vector<row> all_errors() {
  std::vector<row> rows;
  for (int code = 1; code <= static_cast<int>(last_errc); ++code) {
    const auto cause = static_cast<errc>(code);
    rows.push_back({api::to_wire(cause), std::string{to_string(cause)}});
  }
  std::stable_sort(rows.begin(), rows.end(), [](const row& left, const row& right) {
    return std::tie(left.wire.status, left.wire.code) <
           std::tie(right.wire.status, right.wire.code);
  });
  return rows;
}

std::string rendered_table() {
  std::string table = "| status | code | message | when | what to do |\n|---|---|---|---|---|\n";
  for (const auto& [wire, cause] : all_errors()) {
    table += "| " + std::to_string(wire.status) + " | `" + std::string{wire.code} + "` | ";
    table += std::string{wire.message} + " | `" + cause + "` | ";
    table += std::string{wire.remedy} + " |\n";
  }
  return table;
}

} // namespace

BOOST_AUTO_TEST_CASE(the_table_is_that_of_the_program) {
  check_region("docs/errors.md", "errors", rendered_table());
}

BOOST_AUTO_TEST_SUITE_END()
