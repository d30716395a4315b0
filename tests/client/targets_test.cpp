#include "client/targets.hpp"

#include "support/print.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>
#include <string>

namespace client = gantry::client;

namespace {

const client::registry_targets below_x{"/x"};

struct repository_target {
  const char* target;
  const char* repository;
};

std::ostream& operator<<(std::ostream& out, const repository_target& value) {
  return out << value.target;
}

const repository_target repositories[] = {
  {"/x/v2/", ""},
  {"/x/v2/_catalog?n=5", ""},
  {"/x/v2/a/blobs/sha256:0", "a"},
  {"/x/v2/a/b/blobs/uploads/?mount=sha256:0&from=c/blobs/d", "a/b"},
  {"/x/v2/a/b/blobs/uploads/7?digest=sha256%3A0", "a/b"},
  {"/x/v2/a/b/manifests/v1", "a/b"},
  {"/x/v2/a/b/tags/list", "a/b"},
  {"/x/v2/a/b/referrers/sha256:0", "a/b"},
  {"/x/v2/a/blobs/tags/manifests/v1", "a/blobs/tags"},
  {"/v2/a/manifests/v1", ""},
  {"/uploads/a/blobs/b", ""},
};

struct location {
  const char* text;
  const char* target;
};

std::ostream& operator<<(std::ostream& out, const location& value) {
  return out << value.text;
}

/// From `/v2/a/blobs/uploads/?x=1`.
const location locations[] = {
  {"/v2/a/blobs/uploads/7", "/v2/a/blobs/uploads/7"},
  {"/v2/a/blobs/uploads/7?_state=x%3D&b", "/v2/a/blobs/uploads/7?_state=x%3D&b"},
  {"http://127.0.0.1:5000/v2/a/blobs/uploads/7?_state=x", "/v2/a/blobs/uploads/7?_state=x"},
  {"https://registry.example/7", "/7"},
  {"http://registry.example", "/"},
  {"http://registry.example?a", "/?a"},
  {"//registry.example/7", "/7"},
  {"7?a=b", "/v2/a/blobs/uploads/7?a=b"},
  {"?a=b", "/v2/a/blobs/uploads/?a=b"},
  {"/7#fragment", "/7"},
};

const char* const nowhere[] = {"", "#a", "http:7", "http:///7", "/a b", "/a\r\nX: y"};

/// From `/v2/_catalog?n=5`.
const location links[] = {
  {R"(</v2/_catalog?last=a&n=5>; rel="next")", "/v2/_catalog?last=a&n=5"},
  {R"(<http://other:5000/v2/_catalog?last=a>; rel="next")", "/v2/_catalog?last=a"},
  {R"(<?last=a>;rel=next)", "/v2/_catalog?last=a"},
};

const char* const no_links[] = {
  "", "/v2/_catalog", "</v2/_catalog", R"(</v2/_catalog>; rel="prev")", R"(<>; rel="next")",
};

} // namespace

BOOST_AUTO_TEST_SUITE(targets)

BOOST_AUTO_TEST_CASE(targets_lie_below_the_prefix_of_the_registry) {
  BOOST_TEST(below_x.root() == "/x/v2/");
  BOOST_TEST(below_x.catalog() == "/x/v2/_catalog");
  BOOST_TEST(below_x.manifest("a/b", "v1") == "/x/v2/a/b/manifests/v1");
  BOOST_TEST(below_x.blob("a/b", "sha256:0") == "/x/v2/a/b/blobs/sha256:0");
  BOOST_TEST(below_x.uploads("a/b") == "/x/v2/a/b/blobs/uploads/");
  BOOST_TEST(below_x.mount("a/b", "sha256:0", "c/d") ==
             "/x/v2/a/b/blobs/uploads/?mount=sha256%3A0&from=c/d");
  BOOST_TEST(below_x.tags("a/b") == "/x/v2/a/b/tags/list");
  BOOST_TEST(client::registry_targets{""}.root() == "/v2/");
}

BOOST_DATA_TEST_CASE(a_target_names_its_repository, repositories) {
  BOOST_TEST(below_x.repository_in(sample.target) == sample.repository);
}

BOOST_DATA_TEST_CASE(a_location_leads_to_a_target, locations) {
  const auto target = client::resolve_location(sample.text, "/v2/a/blobs/uploads/?x=1");
  BOOST_REQUIRE(target.has_value());
  BOOST_TEST(*target == sample.target);
}

BOOST_DATA_TEST_CASE(a_location_without_a_target_is_refused, nowhere) {
  BOOST_TEST(!client::resolve_location(sample, "/v2/a/blobs/uploads/").has_value());
}

BOOST_AUTO_TEST_CASE(a_digest_is_added_to_a_query_or_begins_one) {
  BOOST_TEST(client::with_digest("/u/7", "sha256:ab") == "/u/7?digest=sha256%3Aab");
  BOOST_TEST(client::with_digest("/u/7?s=1", "sha256:ab") == "/u/7?s=1&digest=sha256%3Aab");
}

BOOST_DATA_TEST_CASE(a_link_leads_to_the_next_page, links) {
  BOOST_TEST(client::next_page(sample.text, "/v2/_catalog?n=5").value() == sample.target);
}

BOOST_DATA_TEST_CASE(a_malformed_link_has_no_next_page, no_links) {
  BOOST_TEST(!client::next_page(sample, "/v2/_catalog?n=5").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
