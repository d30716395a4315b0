#include "simulation/disk_node.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include <sys/mman.h>
#include <unistd.h>

namespace gantry::simulation {

namespace {

/// A disk writes sectors as a whole.
constexpr std::size_t sector = 512;

void put(std::string& text, std::uint64_t at, std::string_view bytes) {
  if (text.size() < at + bytes.size())
    text.resize(at + bytes.size());
  std::ranges::copy(bytes, text.begin() + static_cast<std::ptrdiff_t>(at));
}

[[noreturn]] void refuse() {
  throw std::system_error{errno, std::system_category(), "a memory file"};
}

int make_memory() {
  const int memory = ::memfd_create("simulated", MFD_CLOEXEC);
  if (memory < 0)
    refuse();
  return memory;
}

void write_all(int memory, std::string_view bytes, std::uint64_t offset) {
  if (::pwrite(memory, bytes.data(), bytes.size(), static_cast<off_t>(offset)) !=
      static_cast<ssize_t>(bytes.size()))
    refuse();
}

} // namespace

file_bytes::file_bytes() : memory_{make_memory()} {}

file_bytes::~file_bytes() {
  ::close(memory_);
}

void file_bytes::write(std::span<const std::byte> bytes, std::uint64_t offset) {
  std::string text{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  write_all(memory_, text, offset);
  size_ = std::max(size_, offset + bytes.size());
  changes_.push_back({offset, std::move(text)});
}

void file_bytes::resize(std::uint64_t size) {
  if (::ftruncate(memory_, static_cast<off_t>(size)) != 0)
    refuse();
  size_ = size;
  changes_.push_back({size, std::nullopt});
}

std::string file_bytes::text() const {
  std::string all(size_, '\0');
  const auto n = ::pread(memory_, all.data(), all.size(), 0);
  all.resize(static_cast<std::size_t>(std::max<ssize_t>(n, 0)));
  return all;
}

void file_bytes::apply(const change& each) {
  if (each.bytes)
    put(durable_, each.at, *each.bytes);
  else
    durable_.resize(each.at);
}

void file_bytes::apply_in_part(const change& each, dice& choices) {
  if (!each.bytes) {
    if (choices.chance(50))
      apply(each);
    return;
  }
  for (std::size_t begin = 0; begin < each.bytes->size();) {
    const auto into = (each.at + begin) % sector;
    const auto length = std::min(sector - into, each.bytes->size() - begin);
    if (choices.chance(50))
      put(durable_, each.at + begin, std::string_view{*each.bytes}.substr(begin, length));
    begin += length;
  }
}

void file_bytes::sync() {
  for (const auto& each : changes_)
    apply(each);
  changes_.clear();
}

void file_bytes::sync_in_part(dice& choices) {
  for (const auto& each : std::exchange(changes_, {}))
    apply_in_part(each, choices);
}

void file_bytes::lose_power(dice& choices, loss how) {
  if (how == loss::nothing || changes_.empty())
    return sync();
  if (how == loss::all)
    changes_.clear();
  for (const auto& each : std::exchange(changes_, {})) {
    const auto fate = choices.below(3);
    if (fate == 0)
      apply(each);
    else if (fate == 1)
      apply_in_part(each, choices);
  }
  // Readers of the old process keep theirs.
  ::close(std::exchange(memory_, make_memory()));
  write_all(memory_, durable_, 0);
  size_ = durable_.size();
}

node_ptr folder_names::find(const std::string& name) const {
  const auto found = names_.find(name);
  return found == names_.end() ? nullptr : found->second;
}

void folder_names::set(const std::string& name, node_ptr node, std::shared_ptr<move> moved) {
  names_[name] = node;
  changes_.push_back({name, std::move(node), std::move(moved)});
}

void folder_names::erase(const std::string& name, std::shared_ptr<move> moved) {
  names_.erase(name);
  changes_.push_back({name, nullptr, std::move(moved)});
}

void folder_names::apply(const change& each) {
  if (!each.node) {
    durable_.erase(each.name);
    return;
  }
  durable_[each.name] = each.node;
  if (each.moved)
    each.moved->is_durable = true;
}

void folder_names::sync() {
  for (const auto& each : std::exchange(changes_, {})) {
    if (const auto to = each.moved ? each.moved->to.lock() : nullptr;
        to && !each.node && !each.moved->is_durable)
      to->names.sync();
    apply(each);
  }
}

void folder_names::choose(dice& choices, loss how) {
  if (how == loss::all)
    changes_.clear();
  // Some disks keep their order, others do not.
  const bool in_order = how == loss::some && choices.chance(50);
  bool lost = false;
  for (const auto& each : changes_) {
    lost = (in_order && lost) || (how == loss::some && choices.chance(50));
    if (!lost && (each.node || !each.moved))
      apply(each);
  }
}

void folder_names::settle(dice& choices, loss how) {
  for (const auto& each : std::exchange(changes_, {})) {
    const bool is_old_name = !each.node && each.moved && each.moved->is_durable;
    if (is_old_name && durable_[each.name] == each.moved->node &&
        (how == loss::nothing || choices.chance(50)))
      durable_.erase(each.name);
  }
  std::erase_if(durable_, [](const auto& each) { return !each.second; });
  names_ = durable_;
}

} // namespace gantry::simulation
