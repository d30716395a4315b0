// Validation and parsing of manifests.
#include "domain/manifest.hpp"

#include "domain/manifest_parser.hpp"
#include "support/mutation.hpp"
#include "support/print.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

using gantry::digest;
using gantry::digest_algorithm;
using gantry::errc;
using gantry::manifest_kind;
namespace media_types = gantry::media_types;

namespace {

std::string descriptor_text(std::string_view type, std::string_view content,
                            std::string_view more) {
  return R"({"mediaType":")" + std::string{type} + R"(","digest":")" +
         digest::of(content).to_string() + R"(","size":)" + std::to_string(content.size()) +
         std::string{more} + '}';
}

/// Replaces $config, $layer, $other, $foreign, $child and $subject with descriptors.
std::string expand(std::string_view pattern) {
  const std::pair<std::string_view, std::string> placeholders[] = {
    {"$config", descriptor_text(media_types::oci_config, "{}", "")},
    {"$layer", descriptor_text("application/vnd.oci.image.layer.v1.tar", "layer", "")},
    {"$other", descriptor_text("application/octet-stream", "other", R"(,"data":"b3RoZXI=")")},
    {"$foreign", descriptor_text("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
                                 "foreign", R"(,"urls":["https://example.com/layer"])")},
    {"$child", descriptor_text(media_types::oci_manifest, "child",
                               R"(,"platform":{"os":"linux","architecture":"arm64"})")},
    {"$subject", descriptor_text(media_types::oci_manifest, "subject", "")},
  };
  std::string text{pattern};
  for (const auto& [name, value] : placeholders) {
    for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at))
      text.replace(at, name.size(), value);
  }
  return text;
}

std::optional<gantry::media_type> type(std::string_view text) {
  if (text.empty())
    return std::nullopt;
  return gantry::media_type::parse(text).value();
}

gantry::result<gantry::manifest> parse(std::string_view pattern, std::string_view content_type) {
  return gantry::manifest::parse(expand(pattern), type(content_type));
}

struct accepted_case {
  std::string_view name;
  std::string_view content_type;
  std::string_view pattern;
  manifest_kind kind = manifest_kind::image;
};

struct refused_case {
  std::string_view name;
  std::string_view content_type;
  std::string_view pattern;
  errc code = errc::manifest_invalid;
};

std::ostream& operator<<(std::ostream& out, const accepted_case& sample) {
  return out << sample.name;
}

std::ostream& operator<<(std::ostream& out, const refused_case& sample) {
  return out << sample.name;
}

constexpr std::string_view oci = media_types::oci_manifest;
constexpr std::string_view index_type = media_types::oci_index;
constexpr std::string_view unknown_type = "application/vnd.example.thing.v1+json";

constexpr std::string_view image_pattern =
  R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",
      "config":$config,"layers":[$layer,$other],"annotations":{"a":"\u00e4"}})";
constexpr std::string_view index_pattern =
  R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json",
      "manifests":[$child],"subject":$subject})";

const accepted_case accepted[] = {
  {"an OCI image", oci, image_pattern},
  {"an OCI index", index_type, index_pattern, manifest_kind::index},
  // case 132
  {"no Content-Type, but a mediaType", "", image_pattern},
  // case 133
  {"Content-Type with parameters", "Application/vnd.oci.IMAGE.manifest.v1+json; charset=utf-8",
   image_pattern},
  {"Content-Type without a mediaType", oci, R"({"schemaVersion":2,"config":$config,"layers":[]})"},
  // case 147
  {"docker schema 2", media_types::docker_manifest,
   R"({"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json",
       "config":$config,"layers":[$layer]})"},
  {"docker manifest list", media_types::docker_list, R"({"schemaVersion":2,"manifests":[$child]})",
   manifest_kind::index},
  // case 138
  {"an empty index", index_type, R"({"schemaVersion":2,"manifests":[]})", manifest_kind::index},
  {"a null list, as Go writes it", index_type, R"({"schemaVersion":2,"manifests":null})",
   manifest_kind::index},
  {"no layers", oci, R"({"schemaVersion":2,"config":$config})"},
  {"null layers", oci, R"({"schemaVersion":2,"config":$config,"layers":null,"subject":null})"},
  {"custom fields", oci,
   R"({"schemaVersion":2,"config":$config,"layers":[],"x":{"y":[1,2.5,-3,null,true]},"blobs":7})"},
  {"trailing white space", oci, "{\"schemaVersion\":2,\"config\":$config}\n  \t\r\n"},
  {"colons and quotes inside of strings", oci,
   R"({"schemaVersion":2,"config":$config,"a:b":":\":\\","c\"":":"})"},
  {"the same key in different objects", oci,
   R"({"schemaVersion":2,"config":$config,"a":{"a":{"a":1}},"b":{"a":1}})"},
  // case 139
  {"a foreign layer", oci, R"({"schemaVersion":2,"config":$config,"layers":[$foreign]})"},
  {"the retired artifact manifest", media_types::oci_artifact,
   R"({"mediaType":"application/vnd.oci.artifact.manifest.v1+json","artifactType":"a/b",
       "blobs":[$layer],"subject":$subject})"},
  {"the retired artifact manifest without blobs", media_types::oci_artifact,
   R"({"artifactType":"a/b","subject":$subject})"},
  {"an unknown type with the shape of an image", unknown_type,
   R"({"schemaVersion":2,"config":$config,"layers":[$layer]})"},
  {"an unknown type with the shape of an index", unknown_type,
   R"({"schemaVersion":2,"manifests":[$child]})", manifest_kind::index},
  {"an unknown type in the mediaType", "",
   R"({"mediaType":"application/vnd.example.thing.v1+json","layers":[$layer]})"},
};

const refused_case refused[] = {
  // case 132
  {"no type at all", "", R"({"schemaVersion":2,"config":$config})"},
  {"text", "text/plain", image_pattern, errc::media_type_unsupported},
  {"plain JSON", "application/json", image_pattern, errc::media_type_unsupported},
  {"a layer's type", "application/vnd.oci.image.layer.v1.tar+gzip", image_pattern,
   errc::media_type_unsupported},
  {"an unknown type without a known shape", unknown_type, R"({"schemaVersion":2})",
   errc::media_type_unsupported},
  {"mediaType of no manifest", "", R"({"schemaVersion":2,"mediaType":"text/plain"})"},
  // case 133
  {"mediaType other than Content-Type", index_type, image_pattern},
  {"mediaType that is no string", oci, R"({"schemaVersion":2,"mediaType":2,"config":$config})"},
  {"mediaType that is no media type", oci,
   R"({"schemaVersion":2,"mediaType":"image","config":$config})"},
  // case 134
  {"an open brace", oci, "{"},
  {"nothing", oci, ""},
  {"an array", oci, "[]"},
  {"null", oci, "null"},
  {"a second document", oci, R"({"schemaVersion":2,"config":$config}{})"},
  {"a comment", oci, R"({"schemaVersion":2,/* */"config":$config})"},
  {"a trailing comma", oci, R"({"schemaVersion":2,"config":$config,})"},
  {"a byte order mark", oci, "\xEF\xBB\xBF{\"schemaVersion\":2,\"config\":$config}"},
  {"duplicate keys", oci, R"({"schemaVersion":2,"config":$config,"config":$config})"},
  {"duplicate keys, one escaped", oci, R"({"schemaVersion":2,"config":$config,"x":1,"\u0078":2})"},
  {"duplicate keys deep inside", oci,
   R"({"schemaVersion":2,"config":$config,"x":[{"y":{"z":1,"z":1}}]})"},
  {"invalid UTF-8", oci, "{\"schemaVersion\":2,\"config\":$config,\"x\":\"\xC0\x80\"}"},
  {"invalid UTF-8 in a key", oci, "{\"schemaVersion\":2,\"config\":$config,\"\xFF\":1}"},
  // case 135
  {"manifests and layers", oci,
   R"({"schemaVersion":2,"config":$config,"layers":[$layer],"manifests":[$child]})"},
  {"manifests and config", index_type,
   R"({"schemaVersion":2,"config":$config,"manifests":[$child]})"},
  {"manifests and null layers", index_type,
   R"({"schemaVersion":2,"layers":null,"manifests":[$child]})"},
  {"both, with an unknown type", unknown_type,
   R"({"schemaVersion":2,"layers":[$layer],"manifests":[$child]})"},
  // case 146
  {"no schemaVersion", oci, R"({"config":$config})"},
  {"schemaVersion 3", oci, R"({"schemaVersion":3,"config":$config})"},
  {"schemaVersion 2.0", oci, R"({"schemaVersion":2.0,"config":$config})"},
  {"schemaVersion as text", oci, R"({"schemaVersion":"2","config":$config})"},
  {"schemaVersion null", unknown_type, R"({"schemaVersion":null,"config":$config})"},
  {"schema 1", media_types::docker_schema1, R"({"schemaVersion":1})"},
  {"signed schema 1", media_types::docker_schema1_signed, R"({"schemaVersion":1})"},
  {"schema 1 by its version", media_types::docker_manifest, R"({"schemaVersion":1})"},
  {"schema 1 by its mediaType", "",
   R"({"mediaType":"application/vnd.docker.distribution.manifest.v1+prettyjws"})"},
  {"an image without a config", oci, R"({"schemaVersion":2,"layers":[$layer]})"},
  {"an image with a null config", oci, R"({"schemaVersion":2,"config":null})"},
  {"an index without manifests", index_type, R"({"schemaVersion":2})"},
  {"layers that are no array", oci, R"({"schemaVersion":2,"config":$config,"layers":{}})"},
  {"config that is no object", oci, R"({"schemaVersion":2,"config":[$config]})"},
  {"a layer that is null", oci, R"({"schemaVersion":2,"config":$config,"layers":[null]})"},
  {"subject that is no descriptor", oci, R"({"schemaVersion":2,"config":$config,"subject":{}})"},
  {"artifactType that is no string", oci,
   R"({"schemaVersion":2,"config":$config,"artifactType":["a/b"]})"},
  {"annotations that are no object", oci,
   R"({"schemaVersion":2,"config":$config,"annotations":[]})"},
  {"annotations that are no strings", oci,
   R"({"schemaVersion":2,"config":$config,"annotations":{"a":1}})"},
};

struct descriptor_case {
  std::string_view name;
  std::string_view text;
  std::string_view complaint;
};

std::ostream& operator<<(std::ostream& out, const descriptor_case& sample) {
  return out << sample.name;
}

#define GANTRY_ZEROS "sha256:0000000000000000000000000000000000000000000000000000000000000000"

const descriptor_case bad_descriptors[] = {
  {"empty", R"({})", "layers[1]: mediaType is missing"},
  {"no mediaType", R"({"digest":")" GANTRY_ZEROS R"(","size":1})",
   "layers[1]: mediaType is missing"},
  {"no digest", R"({"mediaType":"a/b","size":1})", "layers[1]: digest is missing"},
  {"bad digest", R"({"mediaType":"a/b","digest":"sha256:0","size":1})",
   "layers[1]: malformed digest sha256:0"},
  {"digest that is no string", R"({"mediaType":"a/b","digest":0,"size":1})",
   "layers[1]: digest must be a string"},
  {"no size", R"({"mediaType":"a/b","digest":")" GANTRY_ZEROS R"("})",
   "layers[1]: size must be a non-negative integer"},
  {"negative size", R"({"mediaType":"a/b","digest":")" GANTRY_ZEROS R"(","size":-1})",
   "layers[1]: size must be a non-negative integer"},
  {"fractional size", R"({"mediaType":"a/b","digest":")" GANTRY_ZEROS R"(","size":1.0})",
   "layers[1]: size must be a non-negative integer"},
  {"size above 63 bits",
   R"({"mediaType":"a/b","digest":")" GANTRY_ZEROS R"(","size":9223372036854775808})",
   "layers[1]: size must be a non-negative integer"},
  {"size as text", R"({"mediaType":"a/b","digest":")" GANTRY_ZEROS R"(","size":"1"})",
   "layers[1]: size must be a non-negative integer"},
};

/// An image whose custom field is nested so that the document has the given depth.
std::string nested(std::size_t depth) {
  return expand(R"({"schemaVersion":2,"config":$config,"x":)") + std::string(depth - 1, '[') +
         std::string(depth - 1, ']') + '}';
}

} // namespace

BOOST_AUTO_TEST_SUITE(manifest)

using gantry::manifest;

BOOST_DATA_TEST_CASE(a_valid_manifest_keeps_its_exact_bytes,
                     boost::unit_test::data::make(accepted)) {
  const std::string bytes = expand(sample.pattern);
  const auto parsed = manifest::parse(bytes, type(sample.content_type));
  BOOST_REQUIRE_MESSAGE(parsed.has_value(), parsed.error().detail);
  BOOST_TEST((parsed->kind() == sample.kind));
  BOOST_TEST(parsed->bytes() == bytes);
  BOOST_TEST(parsed->id() == digest::of(bytes));
  if (!sample.content_type.empty())
    BOOST_TEST((parsed->type() == *type(sample.content_type)));
}

BOOST_DATA_TEST_CASE(an_invalid_manifest_is_refused_with_a_reason,
                     boost::unit_test::data::make(refused)) {
  const auto parsed = parse(sample.pattern, sample.content_type);
  BOOST_REQUIRE(parsed.has_error());
  BOOST_TEST(parsed.error().code == sample.code);
  BOOST_TEST(!parsed.error().detail.empty());
}

BOOST_DATA_TEST_CASE(a_malformed_descriptor_is_named,
                     boost::unit_test::data::make(bad_descriptors)) {
  const auto parsed = parse(R"({"schemaVersion":2,"config":$config,"layers":[$layer,)" +
                              std::string{sample.text} + "]}",
                            oci);
  BOOST_REQUIRE(parsed.has_error());
  BOOST_TEST(parsed.error().code == errc::manifest_invalid);
  BOOST_TEST(parsed.error().detail == sample.complaint);
}

// case 146
BOOST_AUTO_TEST_CASE(schema_1_is_refused_with_advice) {
  for (const auto old : {media_types::docker_schema1, media_types::docker_schema1_signed}) {
    const auto parsed = parse(R"({"schemaVersion":1})", old);
    BOOST_TEST(parsed.error().detail.find("schema 1 is not supported") != std::string::npos);
    BOOST_TEST(parsed.error().detail.find("push the image again") != std::string::npos);
  }
}

// case 134
BOOST_AUTO_TEST_CASE(nesting_is_bounded) {
  BOOST_TEST(manifest::parse(nested(manifest::max_depth), type(oci)).has_value());
  BOOST_TEST(manifest::parse(nested(manifest::max_depth + 1), type(oci)).error().code ==
             errc::manifest_invalid);
  BOOST_TEST(manifest::parse(std::string(10'000, '['), type(oci)).error().code ==
             errc::manifest_invalid);
}

BOOST_AUTO_TEST_CASE(config_layers_and_annotations_are_read) {
  const auto image = parse(image_pattern, oci).value();
  BOOST_REQUIRE(image.config().has_value());
  BOOST_TEST(image.config()->media_type == media_types::oci_config);
  BOOST_TEST(image.config()->target == digest::of("{}"));
  BOOST_TEST(image.config()->size == 2u);
  BOOST_REQUIRE(image.layers().size() == 2u);
  BOOST_TEST(image.layers()[0].target == digest::of("layer"));
  // case 140
  BOOST_TEST(image.layers()[1].target == digest::of("other"));
  BOOST_TEST(image.children().empty());
  BOOST_TEST(!image.subject().has_value());
  BOOST_TEST(image.annotations() == "{\"a\":\"\xC3\xA4\"}");
}

BOOST_AUTO_TEST_CASE(children_and_subject_are_read) {
  const auto index = parse(index_pattern, index_type).value();
  BOOST_REQUIRE(index.children().size() == 1u);
  BOOST_TEST(index.children()[0].target == digest::of("child"));
  // case 143
  BOOST_REQUIRE(index.subject().has_value());
  BOOST_TEST(index.subject()->target == digest::of("subject"));
  BOOST_TEST(!index.config().has_value());
  BOOST_TEST(index.required_blobs().empty());
  BOOST_TEST(index.artifact_type().empty());
  BOOST_TEST(index.annotations().empty());
}

BOOST_AUTO_TEST_CASE(blobs_of_the_retired_artifact_manifest_are_layers) {
  const auto artifact =
    parse(R"({"artifactType":"a/b","blobs":[$layer]})", media_types::oci_artifact).value();
  BOOST_REQUIRE(artifact.layers().size() == 1u);
  BOOST_TEST(artifact.artifact_type() == "a/b");
  BOOST_TEST(!artifact.config().has_value());
}

// case 130
BOOST_AUTO_TEST_CASE(a_manifest_can_be_named_by_sha512_and_name_blobs_by_it) {
  const auto other = digest::of("layer", digest_algorithm::sha512);
  const std::string bytes =
    expand(R"({"schemaVersion":2,"config":$config,"layers":[{"mediaType":"a/b","digest":")") +
    other.to_string() + R"(","size":9007199254740993}]})";
  const auto parsed = manifest::parse(bytes, type(oci), digest_algorithm::sha512).value();
  BOOST_TEST(parsed.id() == digest::of(bytes, digest_algorithm::sha512));
  BOOST_TEST(parsed.layers()[0].target == other);
  BOOST_TEST(parsed.layers()[0].size == 9'007'199'254'740'993u);
}

// cases 136, 139
BOOST_AUTO_TEST_CASE(required_blobs_name_each_digest_once_and_no_foreign_layer) {
  const auto image = parse(R"({"schemaVersion":2,"config":$config,
                               "layers":[$layer,$foreign,$other,$layer,$config]})",
                           oci)
                       .value();
  BOOST_TEST(image.layers().size() == 5u);
  const auto required = image.required_blobs();
  BOOST_REQUIRE(required.size() == 3u);
  BOOST_TEST(required[0].target == digest::of("{}"));
  BOOST_TEST(required[1].target == digest::of("layer"));
  BOOST_TEST(required[2].target == digest::of("other"));
}

// case 173
BOOST_AUTO_TEST_CASE(the_referrer_entry_describes_the_manifest) {
  const auto image = parse(R"({"schemaVersion":2,"config":$config,"subject":$subject,
                               "annotations":{"quote":"\"","line":"\n"}})",
                           oci)
                       .value();
  const auto entry = boost::json::parse(image.referrer_entry());
  const boost::json::value expected = {
    {"mediaType", oci},
    {"digest", image.id().to_string()},
    {"size", image.bytes().size()},
    {"artifactType", media_types::oci_config},
    {"annotations", {{"quote", "\""}, {"line", "\n"}}},
  };
  BOOST_TEST(entry == expected);
}

// case 173
BOOST_AUTO_TEST_CASE(the_artifact_type_falls_back_to_the_config_of_an_image_only) {
  BOOST_TEST(parse(R"({"schemaVersion":2,"config":$config,"artifactType":"a/b"})", oci)
               .value()
               .artifact_type() == "a/b");
  BOOST_TEST(parse(R"({"schemaVersion":2,"config":$config,"artifactType":""})", oci)
               .value()
               .artifact_type() == media_types::oci_config);
  const auto plain = parse(R"({"schemaVersion":2,"manifests":[],"annotations":{}})", index_type);
  const auto entry = boost::json::parse(plain.value().referrer_entry());
  BOOST_TEST(!entry.as_object().contains("artifactType"));
  BOOST_TEST(!entry.as_object().contains("annotations"));
  BOOST_TEST(parse(R"({"schemaVersion":2,"manifests":[],"artifactType":"a/b"})", index_type)
               .value()
               .artifact_type() == "a/b");
}

// case 142
BOOST_AUTO_TEST_CASE(megabytes_of_annotations_are_parsed) {
  std::string annotations;
  for (int i = 0; i < 390; ++i)
    annotations +=
      (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":\"" + std::string(10'000, 'x') + '"';
  const auto parsed =
    parse(R"({"schemaVersion":2,"config":$config,"annotations":{)" + annotations + "}}", oci);
  BOOST_REQUIRE(parsed.has_value());
  BOOST_TEST(parsed->annotations().size() == annotations.size() + 2);
}

BOOST_AUTO_TEST_CASE(the_lenient_profile_keeps_what_it_understands) {
  const auto image = manifest::accept(expand(image_pattern), type(oci));
  BOOST_TEST((image.kind() == manifest_kind::image));
  BOOST_TEST(image.layers().size() == 2u);
}

BOOST_AUTO_TEST_CASE(the_lenient_profile_accepts_any_bytes) {
  const std::string bytes{"\0not JSON\xFF", 10};
  const auto taken = manifest::accept(bytes, type("text/plain"));
  BOOST_TEST((taken.kind() == manifest_kind::opaque));
  BOOST_TEST(taken.bytes() == bytes);
  BOOST_TEST(taken.id() == digest::of(bytes));
  BOOST_TEST((taken.type() == "text/plain"));
  BOOST_TEST(taken.required_blobs().empty());
  BOOST_TEST((manifest::accept(bytes, {}).type() == media_types::docker_manifest));
  BOOST_TEST((manifest::accept(R"({"mediaType":"a/b"})", {}).type() == "a/b"));
}

// contract N5
BOOST_AUTO_TEST_CASE(null_lists_are_empty_lists) {
  const auto index = parse(R"({"schemaVersion":2,"manifests":null})", index_type).value();
  BOOST_TEST((index.kind() == manifest_kind::index));
  BOOST_TEST(index.children().empty());
  const auto image = parse(R"({"schemaVersion":2,"config":$config,"layers":null})", oci).value();
  BOOST_TEST(image.layers().empty());
  const auto artifact = parse(R"({"artifactType":"a/b","blobs":null})", media_types::oci_artifact);
  BOOST_TEST(artifact.value().layers().empty());
}

// contract N3
BOOST_AUTO_TEST_CASE(docker_images_may_lack_a_config_if_the_caller_allows_it) {
  const auto docker = type(media_types::docker_manifest);
  for (const std::string bytes : {R"({"schemaVersion":2,"layers":[]})",
                                  R"({"schemaVersion":2,"config":null,"layers":null})"}) {
    BOOST_TEST(manifest::parse(bytes, docker).error().detail == "config is missing");
    const auto allowed =
      manifest::parse(bytes, docker, digest_algorithm::sha256, gantry::docker_config::optional);
    BOOST_REQUIRE(allowed.has_value());
    BOOST_TEST((allowed->kind() == manifest_kind::image));
    BOOST_TEST(allowed->lacks_config());
    BOOST_TEST(allowed->required_blobs().empty());
    BOOST_TEST(
      manifest::parse(bytes, type(oci), digest_algorithm::sha256, gantry::docker_config::optional)
        .error()
        .detail == "config is missing");
  }
  BOOST_TEST(!parse(image_pattern, oci).value().lacks_config());
  BOOST_TEST(!parse(index_pattern, index_type).value().lacks_config());
}

BOOST_AUTO_TEST_CASE(a_manifest_is_parsed_in_steps_of_any_size) {
  const std::string bytes = expand(image_pattern);
  const auto whole = manifest::parse(bytes, type(oci)).value();
  for (const std::size_t step : {1U, 7U, 100U, 10'000U}) {
    gantry::manifest_parser parser{bytes, type(oci), digest_algorithm::sha256};
    for (auto left = bytes.size(); parser.left() > 0; left -= std::min(left, step)) {
      BOOST_REQUIRE(parser.left() == left);
      parser.advance(step);
    }
    BOOST_TEST(parser.id() == whole.id());
    const auto made = parser.finish().value();
    BOOST_TEST(made.bytes() == bytes);
    BOOST_TEST(made.id() == whole.id());
    BOOST_TEST((made.layers() == whole.layers()));
    BOOST_TEST((made.config() == whole.config()));
  }
}

BOOST_AUTO_TEST_CASE(a_stored_manifest_is_unchanged) {
  const auto fresh = parse(index_pattern, index_type).value();
  const auto back = manifest::stored(fresh.bytes(), fresh.id(), fresh.type());
  BOOST_TEST(back.bytes() == fresh.bytes());
  BOOST_TEST(back.id() == fresh.id());
  BOOST_TEST((back.type() == fresh.type()));
  BOOST_TEST((back.kind() == manifest_kind::index));
  BOOST_TEST((back.children() == fresh.children()));
  BOOST_TEST((back.subject() == fresh.subject()));
  BOOST_TEST(back.referrer_entry() == fresh.referrer_entry());
  const auto opaque = manifest::stored("not JSON", digest::of("trusted"), *type("text/plain"));
  BOOST_TEST((opaque.kind() == manifest_kind::opaque));
  BOOST_TEST(opaque.id() == digest::of("trusted"));
}

BOOST_AUTO_TEST_CASE(many_threads_may_read_a_stored_manifest) {
  const auto fresh = parse(index_pattern, index_type).value();
  const auto back = manifest::stored(fresh.bytes(), fresh.id(), fresh.type());
  std::vector<std::jthread> readers;
  std::atomic<std::size_t> children = 0;
  for (int i = 0; i < 4; ++i)
    readers.emplace_back([&] { children += back.children().size(); });
  readers.clear();
  BOOST_TEST(children == 4U);
}

BOOST_AUTO_TEST_CASE(list_elements_after_the_first_fault_are_not_kept) {
  const auto parsed = parse(R"({"schemaVersion":2,"config":$config,
                               "layers":[$layer,7,$layer,[],{}]})",
                            oci);
  BOOST_TEST(parsed.error().detail == "layers[1]: must be an object");
}

BOOST_AUTO_TEST_CASE(an_error_quotes_the_beginning_of_a_long_text) {
  const std::string text(100'000, 'x');
  const auto parsed =
    parse(R"({"schemaVersion":2,"config":{"mediaType":"a/b","digest":")" + text + R"("}})", oci);
  BOOST_TEST(parsed.error().detail.starts_with("config: malformed digest xxx"));
  BOOST_TEST(parsed.error().detail.size() < 200U);
  BOOST_TEST(parse(R"({"mediaType":")" + text + R"("})", "").error().detail.size() < 200U);
}

BOOST_AUTO_TEST_CASE(members_count_in_their_own_place_only) {
  const auto parsed = parse(
    R"({"x":{"config":1,"layers":2},"schemaVersion":2,"config":$config,
        "layers":[{"annotations":{"digest":"no","size":-1},"platform":{"mediaType":7},
                   "mediaType":"a/b","digest":")" GANTRY_ZEROS R"(","size":3,"urls":["u"]}],
        "annotations":{"config":"c","size":"s"},"manifest":[],"digest":7})",
    oci);
  BOOST_REQUIRE_MESSAGE(parsed.has_value(), parsed.error().detail);
  BOOST_TEST(parsed->layers()[0].size == 3U);
  BOOST_TEST(parsed->annotations() == R"({"config":"c","size":"s"})");
}

BOOST_AUTO_TEST_CASE(damaged_manifests_are_refused_or_kept_byte_by_byte) {
  gantry::test::mutator damage;
  const std::pair<std::string, std::string_view> originals[] = {
    {expand(image_pattern), oci},
    {expand(index_pattern), index_type},
    {expand(R"({"blobs":[$layer],"subject":$subject})"), media_types::oci_artifact},
  };
  for (int round = 0; round < 3000; ++round) {
    const auto& [original, content_type] = originals[round % 3];
    const std::string bytes = damage(original);
    if (const auto parsed = manifest::parse(bytes, type(content_type))) {
      if (parsed->bytes() != bytes || parsed->id() != digest::of(bytes))
        BOOST_ERROR("kept differently: " << bytes);
      boost::json::error_code failure;
      boost::json::parse(parsed->referrer_entry(), failure);
      if (failure)
        BOOST_ERROR("no JSON: " << parsed->referrer_entry());
    }
    BOOST_REQUIRE(manifest::accept(bytes, {}).bytes() == bytes);
  }
}

BOOST_AUTO_TEST_SUITE_END()
