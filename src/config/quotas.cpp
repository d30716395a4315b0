#include "config/quotas.hpp"

#include "base/text.hpp"
#include "config/texts.hpp"
#include "config/values.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>

namespace gantry::config {

namespace {

constexpr bounds limited_size{1, any_size.most};
constexpr bounds limited_count{1, bounds{}.most};

constexpr quota_field quota_rows[] = {
  {.key = "bytes",
   .needed = "a size, such as 50GB",
   .fallback = "unlimited",
   .help = "the most bytes of blobs, counted once for each repository, and of manifests",
   .read = [](quota& into, std::string_view text) { into.bytes = read_size(text, limited_size); }},
  {.key = "name",
   .needed = "a name, such as team-a",
   .fallback = "must be given",
   .help = "names it in answers, metrics and the log",
   .read = [](quota& into, std::string_view text) { into.name = read_name(text, "team-a"); }},
  {.key = "repositories",
   .needed = "the name of a repository, such as team-a",
   .fallback = "all",
   .help = "limits the repository with this name and all below it, such as team-a/app",
   .read =
     [](quota& into, std::string_view text) {
       auto name = repository_name::parse(text);
       if (!name)
         throw std::invalid_argument{in_quotes(excerpt(text)) +
                                     " is not the name of a repository: write one such as team-a, "
                                     "without a pattern; those below it are meant, too"};
       into.within = std::move(*name);
     }},
  {.key = "tags",
   .needed = "a whole number from 1, such as 1000",
   .fallback = "unlimited",
   .help = "the most tags",
   .read = [](quota& into,
              std::string_view text) { into.tags = read_count(text, limited_count, 1000); }},
};

static_assert(std::ranges::is_sorted(quota_rows, {}, &quota_field::key));

std::size_t index_in_fields(const quota_field& field) {
  return static_cast<std::size_t>(&field - std::begin(quota_rows));
}

quota make_quota(const given_item& from) {
  quota made;
  for (const auto& field : quota_rows)
    for (const auto& each : from.fields[index_in_fields(field)].texts)
      field.read(made, each.text);
  return made;
}

[[noreturn]] void refuse_quota(const given_item& which, std::size_t index, const std::string& why) {
  const auto where = which.where.name.empty() ? std::string{} : which.where.name + ": ";
  throw std::invalid_argument{where + std::string{quotas_key} + ": the quota " +
                              std::to_string(index) + " " + why};
}

} // namespace

std::span<const quota_field> quota_fields() noexcept {
  return quota_rows;
}

const quota_field* find_quota_field(std::string_view key) noexcept {
  const auto* found = std::ranges::lower_bound(quota_rows, key, {}, &quota_field::key);
  return found != std::end(quota_rows) && found->key == key ? found : nullptr;
}

void quota_list::set(std::size_t index, const quota_field& field, std::string_view text,
                     const origin& where) {
  if (index >= max_quotas)
    throw std::invalid_argument{"there are at most " + std::to_string(max_quotas) +
                                " quotas, numbered from 0"};
  quota checked;
  field.read(checked, text);
  if (index >= given_.size())
    given_.resize(index + 1);
  auto& one = given_[index];
  one.fields.resize(std::size(quota_rows));
  if (one.where.from == source::fallback)
    one.where = where;
  auto& known = one.fields[index_in_fields(field)];
  if (known.where.from > where.from)
    return;
  known.where = where;
  known.texts = {{std::string{text}, where.shown}};
}

std::vector<quota> quota_list::finish() const {
  std::vector<quota> made;
  std::set<std::string> names;
  for (std::size_t i = 0; i < given_.size(); ++i) {
    const auto& each = given_[i];
    if (each.fields.empty())
      refuse_quota(each, i, "is missing: number the quotas from 0, without a gap");
    auto next = make_quota(each);
    if (next.name.empty())
      refuse_quota(each, i, "has no name: write one, such as name: team-a");
    if (!next.bytes && !next.tags)
      refuse_quota(each, i, "limits nothing: write bytes or tags, such as bytes: 50GB");
    if (!names.insert(next.name).second)
      refuse_quota(each, i, "has the name of another one: " + next.name);
    made.push_back(std::move(next));
  }
  return made;
}

} // namespace gantry::config
