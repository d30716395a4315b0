// Imports archives of docker save and podman save into an engine.
#include "storage/api/answer_of.hpp"
#include "storage/api/bytes_of.hpp"
#include "transfer/docker_archive.hpp"

#include "support/golden.hpp"
#include "transfer/layout_fixture.hpp"
#include "transfer/tar_file.hpp"

#include <boost/test/unit_test.hpp>

#include <iomanip>
#include <sstream>
#include <stdexcept>

BOOST_AUTO_TEST_SUITE(docker_archive)

using namespace gantry;
using namespace gantry::test;
namespace json = boost::json;

namespace {

std::string config_of(const texts& layers) {
  json::array ids;
  for (const auto& layer : layers)
    ids.emplace_back(digest::of(layer).to_string());
  return json::serialize(
    json::object{{"os", "linux"}, {"rootfs", {{"type", "layers"}, {"diff_ids", std::move(ids)}}}});
}

std::string index_of(const texts& names, const std::string& config, const texts& layers) {
  return json::serialize(json::array{json::object{{"Config", config},
                                                  {"RepoTags", json::value_from(names)},
                                                  {"Layers", json::value_from(layers)}}});
}

/// A number in a tar header.
std::string octal(std::uint64_t number, int digits) {
  std::ostringstream text;
  text << std::oct << std::setfill('0') << std::setw(digits) << number;
  return text.str();
}

/// A file of this size of which the archive holds only the last byte (GNU tar, "Old GNU format").
std::string sparse_entry(const std::string& path, std::uint64_t size) {
  std::string header(512, '\0');
  const auto put = [&header](std::size_t at, const std::string& field) {
    header.replace(at, field.size(), field);
  };
  put(0, path);
  put(100, octal(0644, 7));
  put(124, octal(1, 11));
  put(148, std::string(8, ' '));
  put(156, "S");
  put(257, "ustar  ");
  put(386, octal(size - 1, 11));
  put(398, octal(1, 11));
  put(483, octal(size, 11));
  unsigned sum = 0;
  for (const auto each : header)
    sum += static_cast<unsigned char>(each);
  put(148, octal(sum, 6) + '\0');
  return header + "x" + std::string(511, '\0');
}

struct archive_fixture : engine_fixture {
  transfer::transfer_report import(const std::optional<transfer::image_name>& as = {}) {
    return transfer::import_docker_archive(*engine, file, as);
  }

  bool fails_with(const std::string& reason, const std::optional<transfer::image_name>& as = {}) {
    try {
      import(as);
    } catch (const std::runtime_error& failure) {
      const std::string_view text{failure.what()};
      BOOST_TEST_MESSAGE(text);
      return text.starts_with("docker archive " + file.string() + ": ") &&
             text.find(reason) != text.npos;
    }
    return false;
  }

  /// Whether the import leaves one thing out, for this reason, and imports nothing of it.
  bool leaves_out(const std::string& reason) {
    engine = storage::make_memory_engine();
    const auto report = import();
    return report.left_out.size() == 1 && has_line(report.left_out, reason) && report.tags == 0 &&
           catalog().empty();
  }

  std::string bytes_of(std::string_view repository, const digest& id) {
    return gantry::bytes_of(
             *answer_of(*store(repository), &repository_store::find_blob, id).value())
      .value();
  }

  temp_dir folder;
  std::filesystem::path file = folder.path() / "image.tar";
};

} // namespace

BOOST_FIXTURE_TEST_CASE(layers_are_compressed_and_named_by_a_manifest, archive_fixture) {
  const auto config = config_of({"one", "two"});
  tar_file{file}
    .file("manifest.json",
          index_of({"docker.io/library/app:1.0", "app:2.0"}, "c.json", {"1/layer.tar", "2/l.tar"}))
    .file("1/layer.tar", "one")
    .file("2/l.tar", "two")
    .file("c.json", config)
    .close();
  const auto report = import();
  BOOST_TEST(report.tags == 2U);
  BOOST_TEST(report.blobs == 3U);
  BOOST_TEST(catalog() == (texts{"app", "library/app"}), boost::test_tools::per_element());
  const auto image = find("library/app", "1.0").value();
  BOOST_TEST((image->type() == media_types::docker_manifest));
  BOOST_TEST((image->id() == find("app", "2.0").value()->id()));
  BOOST_TEST(bytes_of("app", image->config()->target) == config);
  BOOST_REQUIRE(image->layers().size() == 2U);
  BOOST_TEST(unpack(bytes_of("app", image->layers()[0].target)) == "one");
  BOOST_TEST(unpack(bytes_of("library/app", image->layers()[1].target)) == "two");
  BOOST_TEST(image->layers()[0].media_type == "application/vnd.docker.image.rootfs.diff.tar.gzip");
}

BOOST_FIXTURE_TEST_CASE(links_resolve_to_layers_and_a_layer_may_repeat, archive_fixture) {
  tar_file{file}
    .symlink("x/layer.tar", "../one.tar")
    .symlink("y/layer.tar", "../x/layer.tar")
    .file("one.tar", "one")
    .file("c.json", config_of({"one", "one"}))
    .file("manifest.json", index_of({"app:1"}, "c.json", {"x/layer.tar", "y/layer.tar"}))
    .close();
  import();
  const auto image = find("app", "1").value();
  BOOST_REQUIRE(image->layers().size() == 2U);
  BOOST_TEST((image->layers()[0] == image->layers()[1]));
}

BOOST_FIXTURE_TEST_CASE(a_compressed_layer_is_kept_unchanged, archive_fixture) {
  using namespace std::string_literals;
  const auto gzip = "\x1f\x8b packed by somebody"s;
  const auto zstd = "\x28\xb5\x2f\xfd packed by somebody"s;
  const auto path = [](const std::string& bytes) {
    return "blobs/sha256/" + digest::of(bytes).hex();
  };
  tar_file{file}
    .file(path(gzip), gzip)
    .file(path(zstd), zstd)
    .file("c.json", config_of({"unknown", "unknown"}))
    .file("manifest.json", index_of({"app:1"}, "c.json", {path(gzip), path(zstd)}))
    .close();
  import();
  const auto image = find("app", "1").value();
  BOOST_TEST((image->type() == media_types::oci_manifest));
  BOOST_TEST((image->layers()[0].target == digest::of(gzip)));
  BOOST_TEST((image->layers()[1].target == digest::of(zstd)));
  BOOST_TEST(image->layers()[0].media_type == "application/vnd.oci.image.layer.v1.tar+gzip");
  BOOST_TEST(image->layers()[1].media_type == "application/vnd.oci.image.layer.v1.tar+zstd");

  tar_file{file}
    .file("blobs/sha256/" + std::string(64, '0'), gzip)
    .file("c.json", config_of({"unknown"}))
    .file("manifest.json", index_of({"app:2"}, "c.json", {"blobs/sha256/" + std::string(64, '0')}))
    .close();
  BOOST_TEST(leaves_out("has the digest " + digest::of(gzip).to_string()));
}

BOOST_FIXTURE_TEST_CASE(the_archive_itself_may_be_compressed, archive_fixture) {
  tar_file{file, true}
    .file("manifest.json", index_of({"app:1"}, "c.json", {"l.tar"}))
    .file("l.tar", std::string(500'000, 'x'))
    .file("c.json", config_of({std::string(500'000, 'x')}))
    .close();
  import();
  BOOST_TEST(find("app", "1").has_value());
}

BOOST_FIXTURE_TEST_CASE(an_image_gets_the_requested_name, archive_fixture) {
  tar_file{file}
    .file("manifest.json", index_of({}, "c.json", {"l.tar"}))
    .file("l.tar", "one")
    .file("c.json", config_of({"one"}))
    .close();
  BOOST_TEST(leaves_out("the image c.json has no name: give it one"));
  import(transfer::image_name::parse("team/app:7").value());
  BOOST_TEST(find("team/app", "7").has_value());
}

BOOST_FIXTURE_TEST_CASE(two_images_keep_their_names, archive_fixture) {
  tar_file{file}
    .file("manifest.json",
          R"([{"Config":"c.json","RepoTags":["one:1"],"Layers":["l.tar"]},
              {"Config":"c.json","RepoTags":["two:1"],"Layers":["l.tar"]}])")
    .file("l.tar", "one")
    .file("c.json", config_of({"one"}))
    .close();
  BOOST_TEST(fails_with("it holds 2 images", transfer::image_name::parse("app").value()));
  import();
  BOOST_TEST(find("one", "1").has_value());
  BOOST_TEST(find("two", "1").has_value());
}

BOOST_FIXTURE_TEST_CASE(a_layer_that_its_config_does_not_list_is_refused, archive_fixture) {
  tar_file{file}
    .file("manifest.json", index_of({"app:1"}, "c.json", {"l.tar"}))
    .file("l.tar", "two")
    .file("c.json", config_of({"one"}))
    .close();
  BOOST_TEST(leaves_out("not the one that its config lists"));
  tar_file{file}
    .file("manifest.json", index_of({"app:1"}, "c.json", {"l.tar"}))
    .file("l.tar", "one")
    .file("c.json", config_of({"one", "two"}))
    .close();
  BOOST_TEST(leaves_out("does not list the image's layers"));
  BOOST_TEST(catalog().empty());
}

BOOST_FIXTURE_TEST_CASE(missing_parts_are_named, archive_fixture) {
  const auto index = index_of({"app:1"}, "c.json", {"l.tar"});
  tar_file{file}.file("l.tar", "one").close();
  BOOST_TEST(fails_with("there is no manifest.json in it"));
  tar_file{file}.file("manifest.json", index).file("l.tar", "one").close();
  BOOST_TEST(leaves_out("the config c.json is not there"));
  tar_file{file}.file("manifest.json", index).file("c.json", config_of({"one"})).close();
  BOOST_TEST(leaves_out("the layer l.tar is not there"));
  tar_file{file}.file("manifest.json", index).symlink("l.tar", "l.tar").close();
  BOOST_TEST(leaves_out("the link l.tar leads nowhere"));
}

BOOST_FIXTURE_TEST_CASE(a_broken_index_is_refused, archive_fixture) {
  for (const auto* text : {"[", "{}", "[]"}) {
    tar_file{file}.file("manifest.json", text).close();
    BOOST_TEST(fails_with("manifest.json is not a list of images"));
  }
  for (const auto* text :
       {"[1]", R"([{"Config":"c"}])", R"([{"Config":1,"Layers":[]}])",
        R"([{"Config":"c","Layers":[1]}])", R"([{"Config":"c","Layers":[],"RepoTags":[1]}])"}) {
    BOOST_TEST_CONTEXT(text) {
      tar_file{file}.file("manifest.json", text).close();
      BOOST_TEST(leaves_out("manifest.json is not of the form that docker save gives it"));
    }
  }
  tar_file{file}.file("manifest.json", index_of({"No Name"}, "c", {})).close();
  BOOST_TEST(leaves_out("'No Name' is not a name that a repository can have"));
}

BOOST_FIXTURE_TEST_CASE(one_broken_image_costs_one_line, archive_fixture) {
  tar_file{file}
    .file("manifest.json",
          R"([{"Config":"c.json","RepoTags":["one:1","one:2"],"Layers":["gone.tar"]},
              {"Config":"d.json","RepoTags":["big:1"],"Layers":[]},
              {"Config":"c.json","RepoTags":["two:1"],"Layers":["l.tar"]}])")
    .file("l.tar", "one")
    .file("d.json", std::string(4 * 1024 * 1024 + 1, ' '))
    .file("c.json", config_of({"one"}))
    .close();
  const auto report = import();
  BOOST_TEST(report.left_out.size() == 2U);
  BOOST_TEST(has_line(report.left_out, "one:1: the layer gone.tar is not there"));
  BOOST_TEST(has_line(report.left_out, "big:1: the config d.json: it has more than 4194304 bytes"));
  BOOST_TEST(catalog() == texts{"two"}, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(a_sparse_layer_is_not_expanded, archive_fixture) {
  tar_file{file}
    .file("manifest.json", index_of({"app:1"}, "c.json", {"l.tar"}))
    .file("c.json", config_of({"one"}))
    .close();
  folder.write("image.tar", sparse_entry("l.tar", std::uint64_t{7} << 30) + read_text(file));
  BOOST_TEST(std::filesystem::file_size(file) < 1'000'000U);
  BOOST_TEST(leaves_out("the layer l.tar: it is a sparse file"));
}

BOOST_FIXTURE_TEST_CASE(layers_times_names_are_bounded, archive_fixture) {
  texts names;
  texts layers;
  for (int i = 0; i < 1100; ++i) {
    names.push_back("app:" + std::to_string(i));
    layers.emplace_back("l.tar");
  }
  tar_file{file}.file("manifest.json", index_of(names, "c.json", layers)).close();
  BOOST_TEST(leaves_out("the archive has too many layers and names"));
}

BOOST_AUTO_TEST_SUITE_END()
