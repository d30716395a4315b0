// Clients that look for what they may not read: mounts, probes, lists and paths across
// repositories.
#include "policy_registry.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace gantry::test;

namespace {

/// alice has `mine`; `hidden` and the blob in it are bob's.
struct two_tenants {
  policy_registry registry{
    "- {allow: [pull, push], repositories: [mine, \"mine/**\"], users: alice}\n"
    "- {allow: [pull, push, delete], repositories: [hidden, \"hidden/**\"], users: bob}\n"
    "- {allow: catalog, users: [alice, bob]}\n"};
  registry_client client{registry.server()};
  std::string secret = push_blob_as_root(client, "hidden", "what bob keeps");

  two_tenants() { push_manifest_as_root(client, "hidden", "1", lone_manifest("hidden")); }

  http_response mount(const std::string& query) {
    return client.post(uploads_path("mine") + "?mount=" + secret + query, as("alice"));
  }
};

/// What a client sees of a response, without what differs between any two.
std::string shape_of(const http_response& response, const std::string& name) {
  BOOST_REQUIRE(!name.empty());
  auto shape = std::to_string(response.status) + "\n" + response.body;
  for (const auto& [field, value] : response.headers)
    if (field != "Date" && field != "X-Request-Id")
      shape.append("\n").append(field).append(": ").append(value);
  for (auto at = shape.find(name); at != std::string::npos; at = shape.find(name))
    shape.replace(at, name.size(), "<name>");
  return shape;
}

std::string catalog_of(registry_client& client, const std::string& user, std::string query,
                       int* pages = nullptr) {
  std::string names;
  for (std::string target = "/v2/_catalog" + query; !target.empty();) {
    const auto page = client.get(target, as(user));
    BOOST_REQUIRE(page.status == 200);
    for (const auto& name : strings_of(page.body, "repositories"))
      names += name + " ";
    const auto link = page.header("Link");
    target = link.empty() ? "" : link.substr(1, link.find('>') - 1);
    if (pages)
      ++*pages;
    BOOST_TEST((user != "alice" || link.find("hidden") == std::string::npos), link);
  }
  return names;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(hostile, two_tenants)

// case 25: zot CVE-2024-39897
BOOST_AUTO_TEST_CASE(a_mount_reads_its_source) {
  for (const auto* query : {"&from=hidden", "&from=hidden%2Fx", "", "&from=", "&from=../hidden"}) {
    const auto answer = mount(query);
    BOOST_TEST(answer.status == 202, query);
    BOOST_TEST(!answer.header("Location").empty());
    BOOST_TEST(!answer.has("Docker-Content-Digest"));
  }
  BOOST_TEST(client.get(blob_path("mine", secret), as("alice")).status == 404);
  const auto own = push_blob_as_root(client, "mine/a", "alice's own");
  BOOST_TEST(client.post(uploads_path("mine") + "?from=mine/a&mount=" + own, as("alice")).status ==
             201);
}

// case 120
BOOST_AUTO_TEST_CASE(a_mount_from_anywhere_takes_what_the_client_may_read_somewhere) {
  BOOST_TEST(client.post(uploads_path("x") + "?mount=" + secret, as("root")).status == 201);
  // Now it is in x, too, which alice may not read, either.
  BOOST_TEST(mount("").status == 202);
  const auto own = push_blob_as_root(client, "mine/a", "alice's own");
  BOOST_TEST(client.post(uploads_path("mine") + "?mount=" + own, as("alice")).status == 201);
  BOOST_TEST(client.get(blob_path("mine", own), as("alice")).status == 200);
  // Of two that link it, alice may read one.
  push_blob_as_root(client, "mine/b", "what bob keeps");
  BOOST_TEST(mount("").status == 201);
}

BOOST_AUTO_TEST_CASE(a_mount_does_not_tell_whether_the_blob_is_there) {
  const auto probe = [&](const std::string& digest, const std::string& from) {
    auto answer =
      client.post(uploads_path("mine") + "?from=" + from + "&mount=" + digest, as("alice"));
    const auto id = answer.header("Docker-Upload-UUID");
    return shape_of(answer, id);
  };
  const auto there = probe(secret, "hidden");
  BOOST_TEST(there == probe(digest_of_nothing(), "hidden"));
  BOOST_TEST(there == probe(secret, "absent"));
}

// case 22
BOOST_AUTO_TEST_CASE(absent_and_forbidden_look_alike) {
  const auto id = sha256(lone_manifest("hidden"));
  const std::vector<std::string> tails{"/manifests/1",
                                       "/manifests/2",
                                       "/manifests/" + id,
                                       "/blobs/" + secret,
                                       "/blobs/" + digest_of_nothing(),
                                       "/tags/list?n=1",
                                       "/referrers/" + id};
  for (const auto& who : {as("alice"), anonymous})
    for (const std::string method : {"GET", "HEAD"})
      for (const auto& tail : tails) {
        const auto there = client.request(method, "/v2/hidden" + tail, who);
        const auto absent = client.request(method, "/v2/absent" + tail, who);
        BOOST_TEST(there.status == (who.empty() ? 401 : 403), method << tail);
        BOOST_TEST(shape_of(there, "hidden") == shape_of(absent, "absent"), method << tail);
      }
}

BOOST_AUTO_TEST_CASE(what_one_may_read_is_absent_as_always) {
  BOOST_TEST(client.get(manifest_path("mine/none", "1"), as("alice")).status == 404);
  BOOST_TEST(client.head(blob_path("mine", secret), as("alice")).status == 404);
}

// case 26
BOOST_AUTO_TEST_CASE(a_digest_opens_nothing_outside_of_its_repository) {
  push_manifest_as_root(client, "mine", "1", lone_manifest("mine"));
  const auto id = sha256(lone_manifest("hidden"));
  BOOST_TEST(client.get(blob_path("mine", secret), as("alice")).status == 404);
  BOOST_TEST(client.get(manifest_path("mine", id), as("alice")).status == 404);
  const auto index =
    render(index_parts{.manifests = {describe(types::index, lone_manifest("hidden"))}});
  const auto fields = with(as("alice"), {{"Content-Type", types::index}});
  const auto pushed = client.put(manifest_path("mine", "2"), fields, index);
  BOOST_TEST(pushed.status == 201);
  BOOST_TEST(!pushed.header("Warning").empty());
  BOOST_TEST(client.get(referrers_path("mine", id), as("alice")).body.find("hidden") ==
             std::string::npos);
}

// case 12, case 14
BOOST_AUTO_TEST_CASE(no_path_makes_one_repository_look_like_another) {
  for (const std::string path :
       {"/v2/mine/../hidden/", "/v2/mine/%2e%2e/hidden/", "/v2/mine%2F..%2Fhidden/", "/v2//hidden/",
        "/v2/hidden%00/", "/v2/./hidden/", "/v2/mine/..%2fhidden/", "/v2/HIDDEN/",
        "/v2/mine/..;/hidden/", "/v2/hidden%2F/", "/v2/%68idden/", "/v2/hidden/"}) {
    const auto answer = client.get(path + "tags/list", as("alice"));
    BOOST_TEST(answer.status >= 400, path);
    BOOST_TEST(answer.body.find("\"tags\"") == std::string::npos, path);
  }
  BOOST_TEST(client.get("/v2/mine%2Fnone/tags/list", as("alice")).status == 404);
  BOOST_TEST(client.get("/v2/mine/../hidden/tags/list", as("bob")).status >= 400);
}

BOOST_AUTO_TEST_CASE(a_query_names_no_other_repository) {
  BOOST_TEST(client.get(manifest_path("hidden", "1") + "?ns=mine&name=mine", as("alice")).status ==
             403);
  const auto location = client.post(uploads_path("hidden"), as("bob")).header("Location");
  const auto id = location.substr(location.rfind('/') + 1);
  BOOST_TEST(client.get("/v2/mine/blobs/uploads/" + id, as("alice")).status == 404);
  BOOST_TEST(client.put("/v2/mine/blobs/uploads/" + id + "?digest=" + secret, as("alice")).status ==
             404);
}

// case 27
BOOST_AUTO_TEST_CASE(lists_have_only_what_one_may_read) {
  for (const std::string name : {"a", "mine/a", "hidden/b", "mine/b", "z", "mine/c"})
    push_manifest_as_root(client, name, "1", lone_manifest(name));
  BOOST_TEST(catalog_of(client, "alice", "") == "mine/a mine/b mine/c ");
  int pages = 0;
  BOOST_TEST(catalog_of(client, "alice", "?n=1", &pages) == "mine/a mine/b mine/c ");
  BOOST_TEST(pages == 3);
  BOOST_TEST(catalog_of(client, "bob", "?n=2") == "hidden hidden/b ");
  BOOST_TEST(catalog_of(client, "root", "?n=3") == "a hidden hidden/b mine/a mine/b mine/c z ");
  BOOST_TEST(catalog_of(client, "alice", "?n=0").empty());
  BOOST_TEST(client.get("/__parlel/repositories", as("alice")).body ==
             R"({"repositories":["mine/a","mine/b","mine/c"],"count":3})");
  BOOST_TEST(client.get("/v2/_catalog", as("carol")).status == 403);
}

BOOST_AUTO_TEST_CASE(a_request_looks_at_few_hidden_names_and_its_link_hides_where_it_stopped) {
  policy_registry large{"- {allow: catalog, users: alice}\n"
                        "- {allow: pull, repositories: [a, zz], users: alice}\n",
                        [](auto& settings) { settings.api.max_names_looked_at = 4; }};
  registry_client looking{large.server()};
  for (const std::string name : {"a", "hidden1", "hidden2", "hidden3", "hidden4", "hidden5",
                                 "hidden6", "hidden7", "hidden8", "zz"})
    push_manifest_as_root(looking, name, "1", lone_manifest(name));
  int pages = 0;
  BOOST_TEST(catalog_of(looking, "alice", "?n=5", &pages) == "a zz ");
  BOOST_TEST(pages == 3);
  const auto first = looking.get("/v2/_catalog?n=5", as("alice"));
  const auto again = looking.get("/v2/_catalog?n=1", as("alice"));
  BOOST_TEST(first.header("Link").find("last=~") != std::string::npos);
  BOOST_TEST(again.header("Link").size() == first.header("Link").size());
}

BOOST_AUTO_TEST_CASE(a_position_in_the_catalog_cannot_be_forged) {
  for (const auto* last : {"~", "~aGlkZGVu", "~%7E"})
    BOOST_TEST(client.get("/v2/_catalog?last=" + std::string{last}, as("alice")).status == 400);
}

BOOST_AUTO_TEST_CASE(requests_in_one_are_refused) {
  client.send("POST /v2/mine/blobs/uploads/ HTTP/1.1\r\nHost: x\r\nAuthorization: " +
              as("alice").front().second +
              "\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
              "GET /v2/hidden/tags/list HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto answer = client.receive();
  BOOST_TEST(answer.status == 400);
  BOOST_TEST(answer.closes());
}

BOOST_AUTO_TEST_SUITE_END()
