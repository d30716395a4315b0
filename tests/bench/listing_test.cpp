#include "bench/workloads/listing.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>
#include <string>
#include <vector>

namespace bench = gantry::bench;

namespace {

const std::vector<std::string> expected{"b", "d", "f"};

struct walk_case {
  std::vector<const char*> pages;
  const char* wrong;
};

std::ostream& operator<<(std::ostream& out, const walk_case& walk) {
  for (const auto* page : walk.pages)
    out << page << ' ';
  return out;
}

/// Pages of at most three names; the last page gives the error.
const walk_case walks[] = {
  {{R"({"names":["b","d","f"]})"}, ""},
  {{R"({"names":["b","d"]})", R"({"names":["f"]})"}, ""},
  {{R"({"names":["a","b","c"]})", R"({"names":["d","e","f"]})", R"({"names":["g"]})"}, ""},
  {{R"({"names":["b","d","f"]})", R"({"names":[]})"}, ""},
  {{R"({"names":["b","d","f"]})", R"({"names":null})"}, ""},
  {{R"({"names":["b","d"]})"}, "gap"},
  {{R"({"names":["b","f"]})"}, "gap"},
  {{R"({"names":["a"]})", R"({"names":["d"]})", R"({"names":[]})"}, "gap"},
  {{R"({"names":[]})"}, "gap"},
  {{R"({"names":["b","d","f","g"]})"}, "page_too_long"},
  {{R"({"names":["b"]})", R"({"names":[]})", R"({"names":["d"]})"}, "empty_page"},
  {{R"({"names":["b","d"]})", R"({"names":["d","f"]})"}, "unsorted"},
  {{R"({"names":["b","d","a"]})"}, "unsorted"},
  {{R"({"names":["b","b"]})"}, "unsorted"},
  {{R"({"others":["b","d","f"]})"}, "bad_page"},
  {{R"({"names":"b"})"}, "bad_page"},
  {{R"({"names":[1]})"}, "bad_page"},
  {{R"(["b"])"}, "bad_page"},
  {{""}, "bad_page"},
};

} // namespace

BOOST_AUTO_TEST_SUITE(listing)

BOOST_DATA_TEST_CASE(a_walk_is_judged_page_by_page, walks) {
  bench::listing pages{expected, 3};
  std::string wrong;
  for (std::size_t i = 0; i < sample.pages.size() && wrong.empty(); ++i)
    wrong = pages.take(sample.pages[i], "names", i + 1 < sample.pages.size());
  BOOST_TEST(wrong == sample.wrong);
}

BOOST_AUTO_TEST_CASE(a_list_may_be_sorted_by_bytes_or_by_parts_of_the_path) {
  const std::vector<std::string> none;
  bench::listing by_bytes{none, 9};
  BOOST_TEST(by_bytes.take(R"({"names":["a","a-b","a/b"]})", "names", false) == "");
  bench::listing by_parts{none, 9};
  BOOST_TEST(by_parts.take(R"({"names":["a","a/b","a-b"]})", "names", false) == "");
  bench::listing by_neither{none, 9};
  BOOST_TEST(by_neither.take(R"({"names":["a-b","a/b","a-c"]})", "names", false) == "unsorted");
}

BOOST_AUTO_TEST_SUITE_END()
