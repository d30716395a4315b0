#include "bench/tally.hpp"

namespace gantry::bench {

std::string_view to_string(operation what) noexcept {
  switch (what) {
  case operation::image: return "image";
  case operation::head_blob: return "HEAD blob";
  case operation::start_upload: return "POST upload";
  case operation::patch_upload: return "PATCH upload";
  case operation::finish_upload: return "PUT upload";
  case operation::put_manifest: return "PUT manifest";
  case operation::head_manifest: return "HEAD manifest";
  case operation::get_manifest: return "GET manifest";
  case operation::get_blob: return "GET blob";
  case operation::delete_manifest: return "DELETE manifest";
  case operation::delete_blob: return "DELETE blob";
  case operation::get_catalog: return "GET catalog";
  case operation::get_tags: return "GET tags";
  case operation::mount: return "POST mount";
  case operation::cancel_upload: return "DELETE upload";
  case operation::cut_upload: return "PATCH cut";
  case operation::get_upload: return "GET upload";
  case operation::token: return "token";
  case operation::push: return "push";
  case operation::pull: return "pull";
  }
  return "?";
}

std::uint64_t tally::entry::error_count() const noexcept {
  std::uint64_t count = 0;
  for (const auto& error : errors)
    count += error.second;
  return count;
}

void tally::succeeded(operation what, latency_histogram::duration latency) {
  entries_[static_cast<std::size_t>(what)].latency.record(latency);
}

void tally::failed(operation what, std::string_view kind) {
  auto& errors = entries_[static_cast<std::size_t>(what)].errors;
  const auto known = errors.find(kind);
  if (known == errors.end())
    errors.emplace(kind, 1);
  else
    ++known->second;
}

void tally::merge(const tally& other) {
  bytes_ += other.bytes_;
  declined_mounts_ += other.declined_mounts_;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    entries_[i].latency.merge(other.entries_[i].latency);
    for (const auto& [kind, count] : other.entries_[i].errors)
      entries_[i].errors[kind] += count;
  }
}

void tally::merge_errors(const tally& other) {
  for (std::size_t i = 1; i < entries_.size(); ++i)
    for (const auto& [kind, count] : other.entries_[i].errors)
      entries_[i].errors[kind] += count;
}

std::uint64_t tally::error_count() const noexcept {
  std::uint64_t count = 0;
  for (std::size_t i = 1; i < entries_.size(); ++i)
    count += entries_[i].error_count();
  return count;
}

} // namespace gantry::bench
