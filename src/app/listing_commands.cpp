#include "app/listing_commands.hpp"

#include "api/link_header.hpp"
#include "app/remote_answers.hpp"
#include "base/text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_to.hpp>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace gantry::app {

namespace {

namespace json = boost::json;

/// The most rows that are asked for at once. A registry may give fewer.
constexpr std::size_t rows_per_page = 1000;
/// The most texts of an array that a table shows.
constexpr std::size_t shown_texts = 10;

using parameter = std::pair<std::string_view, std::string>;

/// Omits parameters without a value.
std::string with_query(std::string path, const std::vector<parameter>& parameters) {
  char separator = '?';
  for (const auto& [name, value] : parameters)
    if (!value.empty())
      path.append(1, std::exchange(separator, '&'))
        .append(name)
        .append("=")
        .append(api::percent_encode(value));
  return path;
}

std::string page_size(std::optional<std::size_t> limit) {
  return limit ? std::to_string(std::min(*limit, rows_per_page)) : "";
}

std::string bytes_cell(const json::object& from, std::string_view member) {
  return render_bytes(from.at(member).to_number<std::uint64_t>());
}

/// A time without its fraction of a second.
std::string second_cell(const json::object& from, std::string_view member) {
  const auto text = cell(from, member);
  const auto point = text.find('.');
  return point == text.npos ? text : text.substr(0, point) + "Z";
}

std::string texts_cell(const json::object& from, std::string_view member) {
  auto texts = json::value_to<std::vector<std::string>>(from.at(member));
  if (texts.size() > shown_texts) {
    texts.resize(shown_texts);
    texts.emplace_back("...");
  }
  return texts.empty() ? "-" : join(texts, ",");
}

/// The sum of the numbers in an object.
std::string sum_cell(const json::object& from, std::string_view member) {
  std::uint64_t sum = 0;
  for (const auto& each : from.at(member).as_object())
    sum += each.value().to_number<std::uint64_t>();
  return std::to_string(sum);
}

} // namespace

std::string target_of(const listing_command& command) {
  std::string path = "/__gantry/v1/repositories";
  if (command.kind == listing_kind::tags)
    path += "/" + read_repository(command.repository) + "/tags";
  return with_query(std::move(path), {{"name", command.pattern},
                                      {"contains", command.contains},
                                      {"sort", command.sort},
                                      {"n", page_size(command.limit)}});
}

std::string target_of(const search_command& command) {
  std::vector<parameter> wanted;
  for (const auto& each : command.annotations)
    wanted.emplace_back("annotation", each);
  for (const auto& each : command.labels)
    wanted.emplace_back("label", each);
  if (!command.digest.empty())
    wanted.emplace_back("digest", command.digest);
  if (!command.artifact_type.empty())
    wanted.emplace_back("artifactType", command.artifact_type);
  if (wanted.empty())
    throw std::invalid_argument{
      "--annotation, --label, --digest and --artifact-type say what to search for: give one"};
  wanted.emplace_back("n", page_size(command.limit));
  return with_query("/__gantry/v1/search", wanted);
}

std::string render_repositories(std::string_view answer) {
  return render_list(answer, "repositories",
                     {{"NAME", "name"},
                      {"TAGS", "tags"},
                      {"MANIFESTS", "manifests"},
                      {"OWN", "own_bytes", bytes_cell},
                      {"SHARED", "shared_bytes", bytes_cell},
                      {"PUSHED", "pushed", second_cell},
                      {"PULLED", "pulled", second_cell},
                      {"PULLS", "pulls"}});
}

std::string render_tags(std::string_view answer) {
  return render_list(answer, "tags",
                     {{"NAME", "name"},
                      {"DIGEST", "digest"},
                      {"SIZE", "size", bytes_cell},
                      {"PLATFORMS", "platforms", texts_cell},
                      {"PUSHED", "pushed", second_cell},
                      {"BY", "pushed_by"},
                      {"PULLED", "pulled", second_cell},
                      {"PULLS", "pulls"},
                      {"REFERRERS", "referrers", sum_cell}});
}

std::string render_found(std::string_view answer) {
  return render_list(answer, "manifests",
                     {{"REPOSITORY", "repository"},
                      {"TAGS", "tags", texts_cell},
                      {"DIGEST", "digest"},
                      {"TYPE", "artifactType"},
                      {"SIZE", "size", bytes_cell}});
}

int run(const listing_command& command, std::FILE* out) {
  const auto target = target_of(command);
  const bool of_tags = command.kind == listing_kind::tags;
  remote_registry registry{command.where};
  const auto answer = ask_all(registry, target, of_tags ? "tags" : "repositories", command.limit);
  print(answer, command.json, out,
        [&] { return of_tags ? render_tags(answer) : render_repositories(answer); });
  return 0;
}

int run(const search_command& command, std::FILE* out) {
  const auto target = target_of(command);
  remote_registry registry{command.where};
  const auto answer = ask_all(registry, target, "manifests", command.limit);
  print(answer, command.json, out, [&] { return render_found(answer); });
  return 0;
}

} // namespace gantry::app
