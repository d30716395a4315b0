// Selects and renders pages of a referrers list.
#include "domain/referrers.hpp"

#include <algorithm>
#include <utility>

namespace gantry {

namespace {

constexpr std::string_view head =
  R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[)";
constexpr std::string_view foot = "]}";

/// The digests of one artifact type (of all if null), fetched in batches.
class listing {
public:
  listing(const referrer_source& source, const std::string* artifact_type, std::size_t at_a_time,
          const std::optional<digest>& after)
    : source_{&source}, type_{artifact_type}, at_a_time_{at_a_time} {
    fetch(after);
  }

  bool is_over() const noexcept { return next_ == ids_.size(); }
  const digest& front() const { return ids_[next_]; }
  void pop() {
    if (++next_ == ids_.size() && ids_.size() == at_a_time_)
      fetch(digest{ids_.back()});
  }

private:
  void fetch(const std::optional<digest>& after) {
    ids_ = source_->list(type_, after, at_a_time_);
    next_ = 0;
  }

  const referrer_source* source_;
  const std::string* type_;
  std::size_t at_a_time_;
  std::vector<digest> ids_;
  std::size_t next_ = 0;
};

/// Heap order: the lowest next digest is at the top. Precondition: neither is over.
bool comes_later(const listing& left, const listing& right) {
  return right.front() < left.front();
}

/// One listing per artifact type, as a heap.
std::vector<listing> open_listings(const referrer_source& source, const referrers_query& query,
                                   const std::set<std::string>& types) {
  const auto at_a_time =
    std::max<std::size_t>(1, max_referrers_listed / std::max<std::size_t>(1, types.size()));
  std::vector<listing> open;
  if (types.empty())
    open.emplace_back(source, nullptr, at_a_time, query.last);
  for (const auto& type : types)
    open.emplace_back(source, &type, at_a_time, query.last);
  std::erase_if(open, [](const listing& each) { return each.is_over(); });
  std::ranges::make_heap(open, comes_later);
  return open;
}

digest take_lowest(std::vector<listing>& open) {
  std::ranges::pop_heap(open, comes_later);
  const auto id = open.back().front();
  open.back().pop();
  if (open.back().is_over())
    open.pop_back();
  else
    std::ranges::push_heap(open, comes_later);
  return id;
}

} // namespace

referrers_page select_referrers(const referrer_source& source, const referrers_query& query) {
  const std::set<std::string> types{query.artifact_types.begin(), query.artifact_types.end()};
  referrers_page page;
  std::size_t bytes = head.size() + foot.size();
  for (auto open = open_listings(source, query, types); !open.empty();) {
    auto next = source.find(take_lowest(open));
    if (!next)
      continue;
    const std::size_t added = next->entry.size() + (page.items.empty() ? 0 : 1);
    if (!page.items.empty() && bytes + added > query.max_bytes) {
      page.more = true;
      break;
    }
    bytes += added;
    page.items.push_back(std::move(*next));
  }
  return page;
}

void referrer_list::insert(referrer added) {
  by_type_[added.artifact_type].insert(added.id);
  const auto id = added.id;
  by_id_.insert_or_assign(id, std::move(added));
}

void referrer_list::erase(const digest& id) {
  const auto found = by_id_.find(id);
  if (found == by_id_.end())
    return;
  const auto same_type = by_type_.find(found->second.artifact_type);
  same_type->second.erase(id);
  if (same_type->second.empty())
    by_type_.erase(same_type);
  by_id_.erase(found);
}

std::vector<digest> referrer_list::list(const std::string* artifact_type,
                                        const std::optional<digest>& after,
                                        std::size_t limit) const {
  std::vector<digest> ids;
  const auto take = [&](const auto& sorted, const auto& id_of) {
    for (auto next = after ? sorted.upper_bound(*after) : sorted.begin();
         next != sorted.end() && ids.size() < limit; ++next)
      ids.push_back(id_of(*next));
  };
  if (!artifact_type)
    take(by_id_, [](const auto& entry) { return entry.first; });
  else if (const auto found = by_type_.find(*artifact_type); found != by_type_.end())
    take(found->second, [](const digest& id) { return id; });
  return ids;
}

std::optional<referrer> referrer_list::find(const digest& id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? std::nullopt : std::optional{found->second};
}

std::string render_referrers(const referrers_page& page) {
  std::string text{head};
  for (const referrer& item : page.items) {
    if (&item != &page.items.front())
      text += ',';
    text += item.entry;
  }
  text += foot;
  return text;
}

} // namespace gantry
