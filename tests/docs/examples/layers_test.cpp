// The column of docs/extending.md.
#include "listing/columns.hpp"
#include "listing/content.hpp"
#include "listing/database.hpp"
#include "listing/lists.hpp"
#include "support/registry_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <string>

using namespace gantry;
using namespace gantry::test;

BOOST_AUTO_TEST_SUITE(layers)

// [snippet layers-test]
BOOST_AUTO_TEST_CASE(tags_are_sorted_by_their_layers) {
  listing::database rows{""};
  const auto where = repository_name::parse("app").value();
  listing::content into{rows.rows(), where};
  for (const std::uint64_t layers : {2, 3, 1}) {
    const auto id = digest::of(std::to_string(layers));
    into.set_tag({.name = tag::parse("v" + std::to_string(layers)).value(), .target = id}, {});
    into.add_manifest({.id = id, .bytes = 1, .layers = layers});
  }
  const auto found = listing::list_tags(rows.rows(), where,
                                        {.sorted = listing::read_tag_sorting("-layers").value()});
  std::string order;
  for (const auto& each : found.value().items)
    order += each.name.to_string() + "=" + std::to_string(each.layers) + " ";
  BOOST_TEST(order == "v3=3 v2=2 v1=1 ");
}

BOOST_AUTO_TEST_CASE(the_list_has_the_layers_of_an_image) {
  running_registry server;
  registry_client client{server};
  const auto layer = R"({"mediaType":"text/plain","size":1,"digest":")" + sha256("absent") + "\"}";
  const auto image =
    R"({"schemaVersion":2,"config":)" + layer + R"(,"layers":[)" + layer + "," + layer + "]}";
  const header_list fields{{"Content-Type", "application/vnd.oci.image.manifest.v1+json"}};
  BOOST_TEST(client.put(manifest_path("team/app", "v1"), fields, image).status == 201);
  const auto tags = client.get("/__gantry/v1/repositories/team/app/tags?sort=layers").body;
  BOOST_TEST(tags.find("\"layers\":2") != std::string::npos);
}
// [/snippet]

BOOST_AUTO_TEST_SUITE_END()
