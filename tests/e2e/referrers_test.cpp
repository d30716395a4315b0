// The list of manifests that refer to another one.
#include "support/registry_fixture.hpp"

#include <boost/json.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

using namespace gantry::test;
namespace json = boost::json;

namespace {

const std::string empty_list =
  R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]})";

/// A pushed subject, and helpers that push its referrers.
struct subject_case : registry_case {
  std::string repository = "referrers/" + std::to_string(next()++);
  std::string subject = lone_manifest("subject of " + repository);
  std::string subject_id = client.push_manifest(repository, "subject", subject);

  static int& next() {
    static int number = 0;
    return number;
  }

  std::string refer(index_parts parts) {
    parts.subject = describe(types::index, subject);
    const auto bytes = render(parts);
    return client.push_manifest(repository, sha256(bytes), bytes);
  }
  std::string refer(image_parts parts) {
    parts.subject = describe(types::index, subject);
    const auto bytes = render(parts);
    return client.push_manifest(repository, sha256(bytes), bytes, parts.media_type);
  }
  http_response list(std::string_view query = {}) {
    return client.get(referrers_path(repository, subject_id, query));
  }
};

std::vector<std::string> sorted(std::vector<std::string> texts) {
  std::sort(texts.begin(), texts.end());
  return texts;
}

json::object entry_of(const http_response& response, const std::string& digest) {
  const auto parsed = json::parse(response.body);
  for (const auto& entry : parsed.as_object().at("manifests").as_array())
    if (entry.as_object().at("digest").as_string() == digest)
      return entry.as_object();
  BOOST_FAIL("no entry for " << digest);
  return {};
}

void check_empty(const http_response& response) {
  BOOST_TEST(response.status == 200);
  BOOST_TEST(response.header("Content-Type") == types::index);
  BOOST_TEST(json::parse(response.body) == json::parse(empty_list));
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(referrers, subject_case, *boost::unit_test::fixture<shared_registry>())

// case 170
BOOST_AUTO_TEST_CASE(an_unreferenced_digest_has_an_empty_list) {
  check_empty(list());
  check_empty(client.get(referrers_path(repository, digest_of_nothing())));
  check_empty(client.get(referrers_path("referrers/no-such", digest_of_nothing())));
}

// case 171
BOOST_AUTO_TEST_CASE(only_digests_have_referrers) {
  for (const auto* text : {"latest", "sha256:bad", "sha257:abc", "sha256"})
    expect_error(client, {"GET", referrers_path(repository, text)}, 400, "DIGEST_INVALID");
}

// case 172
BOOST_AUTO_TEST_CASE(the_list_can_only_be_read) {
  for (const auto* method : {"POST", "PUT", "DELETE", "PATCH"}) {
    const auto response =
      expect_error(client, {method, referrers_path(repository, subject_id)}, 405, "UNSUPPORTED");
    BOOST_TEST(response.header("Allow") == "GET, HEAD");
  }
}

// case 173
BOOST_AUTO_TEST_CASE(an_entry_describes_the_manifest) {
  client.push_blob(repository, "{}");
  image_parts parts{.config = describe("application/x.config", "{}"),
                    .artifact_type = "application/x.artifact",
                    .annotations = {{"a", "1"}, {"b", "two \"quoted\""}}};
  const auto id = refer(parts);
  const auto response = list();
  BOOST_TEST(response.header("Content-Type") == types::index);
  const auto parsed = json::parse(response.body).as_object();
  BOOST_TEST(parsed.at("schemaVersion").to_number<int>() == 2);
  BOOST_TEST(parsed.at("mediaType").as_string() == types::index);
  parts.subject = describe(types::index, subject);
  const json::object expected{{"mediaType", types::manifest},
                              {"size", render(parts).size()},
                              {"digest", id},
                              {"artifactType", "application/x.artifact"},
                              {"annotations", {{"a", "1"}, {"b", "two \"quoted\""}}}};
  BOOST_TEST(entry_of(response, id) == expected);
}

// case 173
BOOST_AUTO_TEST_CASE(without_an_artifact_type_the_configs_type_counts) {
  client.push_blob(repository, "{}");
  const auto by_config = refer(image_parts{.config = describe("application/x.config", "{}")});
  const auto index = refer(index_parts{.annotations = {{"kind", "index"}}});
  const auto typed = refer(index_parts{.artifact_type = "application/x.index"});
  const auto response = list();
  BOOST_TEST(entry_of(response, by_config).at("artifactType").as_string() ==
             "application/x.config");
  BOOST_TEST(!entry_of(response, index).contains("artifactType"));
  BOOST_TEST(entry_of(response, index).at("mediaType").as_string() == types::index);
  BOOST_TEST(entry_of(response, typed).at("artifactType").as_string() == "application/x.index");
}

// case 174
BOOST_AUTO_TEST_CASE(a_filter_keeps_only_its_artifact_type) {
  const auto one = refer(index_parts{.artifact_type = "application/x.one"});
  const auto two = refer(index_parts{.artifact_type = "application/x.two"});
  const auto three = refer(index_parts{.artifact_type = "application/x.three+json"});
  const auto filtered = list("artifactType=application/x.one");
  BOOST_TEST(filtered.header("OCI-Filters-Applied") == "artifactType");
  BOOST_TEST(digests_of(filtered.body) == std::vector{one}, boost::test_tools::per_element());
  const auto encoded = list("artifactType=application%2Fx.three%2Bjson");
  BOOST_TEST(digests_of(encoded.body) == std::vector{three}, boost::test_tools::per_element());
  const auto none = list("artifactType=application/x.none");
  check_empty(none);
  BOOST_TEST(none.header("OCI-Filters-Applied") == "artifactType");
  const auto both = list("artifactType=application/x.one,application/x.two");
  BOOST_TEST(sorted(digests_of(both.body)) == sorted({one, two}), boost::test_tools::per_element());
  BOOST_TEST(!list().has("OCI-Filters-Applied"));
  BOOST_TEST(digests_of(list().body).size() == 3U);
}

// case 175
BOOST_AUTO_TEST_CASE(another_subjects_referrers_are_not_listed) {
  const auto mine = refer(index_parts{});
  const auto other = describe(types::index, "another subject");
  const auto bytes = render(index_parts{.subject = other});
  const auto its = client.push_manifest(repository, "other", bytes);
  BOOST_TEST(digests_of(list().body) == std::vector{mine}, boost::test_tools::per_element());
  const auto response = client.get(referrers_path(repository, other.digest));
  BOOST_TEST(digests_of(response.body) == std::vector{its}, boost::test_tools::per_element());
  check_empty(client.get(referrers_path("referrers/elsewhere", subject_id)));
}

// case 175
BOOST_AUTO_TEST_CASE(a_subject_named_by_sha512_is_listed_under_that_digest) {
  auto named = describe(types::index, subject);
  named.digest = sha512(subject);
  const auto bytes = render(index_parts{.subject = named});
  const auto response =
    client.put(manifest_path(repository, "long"), {{"Content-Type", types::index}}, bytes);
  BOOST_TEST(response.header("OCI-Subject") == named.digest);
  const auto found = digests_of(client.get(referrers_path(repository, named.digest)).body);
  BOOST_TEST(found == std::vector{sha256(bytes)}, boost::test_tools::per_element());
}

// case 175
BOOST_AUTO_TEST_CASE(the_same_referrer_is_listed_once_however_often_it_is_pushed) {
  const auto id = refer(index_parts{});
  refer(index_parts{});
  BOOST_TEST(digests_of(list().body) == std::vector{id}, boost::test_tools::per_element());
}

// case 176
BOOST_AUTO_TEST_CASE(a_list_above_four_megabytes_comes_in_pages) {
  const auto make = [](const std::string& mark) {
    return index_parts{.annotations = {{"mark", mark}, {"bulk", std::string(700'000, 'x')}}};
  };
  std::set<std::string> before;
  for (int i = 0; i < 12; ++i)
    before.insert(refer(make("before-" + std::to_string(i))));
  std::vector<std::string> seen;
  int pages = 0;
  for (auto target = referrers_path(repository, subject_id); !target.empty(); ++pages) {
    const auto response = client.get(target);
    BOOST_TEST(response.status == 200);
    BOOST_TEST(response.header("Content-Type") == types::index);
    BOOST_TEST(response.body.size() <= 4U * 1024 * 1024);
    const auto found = digests_of(response.body);
    seen.insert(seen.end(), found.begin(), found.end());
    target = next_of(response);
    refer(make("during-" + std::to_string(pages)));
  }
  BOOST_TEST(pages >= 3);
  const std::set<std::string> unique(seen.begin(), seen.end());
  BOOST_TEST(unique.size() == seen.size());
  BOOST_TEST(std::includes(unique.begin(), unique.end(), before.begin(), before.end()));
}

// case 176
BOOST_AUTO_TEST_CASE(a_filter_applies_to_every_page) {
  const auto make = [](const std::string& type, int number) {
    return index_parts{
      .artifact_type = type,
      .annotations = {{"number", std::to_string(number)}, {"bulk", std::string(900'000, 'x')}}};
  };
  std::set<std::string> wanted;
  for (int i = 0; i < 6; ++i) {
    wanted.insert(refer(make("application/x.wanted", i)));
    refer(make("application/x.other", i));
  }
  std::set<std::string> seen;
  for (auto target = referrers_path(repository, subject_id, "artifactType=application/x.wanted");
       !target.empty();) {
    const auto response = client.get(target);
    BOOST_TEST(response.header("OCI-Filters-Applied") == "artifactType");
    for (const auto& digest : digests_of(response.body))
      seen.insert(digest);
    target = next_of(response);
  }
  BOOST_TEST((seen == wanted));
}

// case 177
BOOST_AUTO_TEST_CASE(with_referrers_disabled_clients_fall_back_to_tags) {
  running_registry server{[](auto& settings) { settings.api.referrers = false; }};
  registry_client plain{server};
  const auto bytes = render(index_parts{.subject = describe(types::index, subject)});
  const auto response =
    plain.put(manifest_path("off", "t"), {{"Content-Type", types::index}}, bytes);
  BOOST_TEST(response.status == 201);
  BOOST_TEST(!response.has("OCI-Subject"));
  expect_error(plain, {"GET", referrers_path("off", subject_id)}, 404, "");
}

// case 178
BOOST_AUTO_TEST_CASE(the_fallback_tag_is_an_ordinary_tag) {
  const auto tag = "sha256-" + subject_id.substr(7);
  const auto id = refer(index_parts{.artifact_type = "application/x.one"});
  const auto bytes = render(index_parts{
    .manifests = {{types::index, id, client.get(manifest_path(repository, id)).body.size()}}});
  client.push_manifest(repository, tag, bytes);
  BOOST_TEST(client.get(manifest_path(repository, tag)).body == bytes);
  BOOST_TEST(digests_of(list().body) == std::vector{id}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
