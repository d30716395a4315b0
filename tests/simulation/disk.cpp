#include "simulation/disk.hpp"

#include "simulation/disk_node.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <functional>
#include <sys/file.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace gantry::simulation {

namespace {

constexpr std::uint64_t block = 4096;

int failed(int number) noexcept {
  errno = number;
  return -1;
}

/// Each node once, folders before what is in them.
void collect(const node_ptr& node, std::vector<node_ptr>& all) {
  if (std::ranges::find(all, node) != all.end())
    return;
  all.push_back(node);
  for (const auto& [name, below] : node->names.all())
    collect(below, all);
}

} // namespace

disk::disk(std::uint64_t capacity)
  : capacity_{capacity}, boot_id_{"boot-0"}, root_{make_node(true)} {
  root_->links = 1;
}

node_ptr disk::make_node(bool is_folder) {
  auto made = std::make_shared<disk_node>();
  made->number = ++nodes_;
  made->is_folder = is_folder;
  if (!is_folder)
    made->bytes = std::make_unique<file_bytes>();
  return made;
}

void disk::lose_power(dice& choices, loss how) {
  std::vector<node_ptr> before;
  collect(root_, before);
  for (const auto& each : before)
    each->names.choose(choices, how);
  for (const auto& each : before)
    each->names.settle(choices, how);
  std::vector<node_ptr> after;
  collect(root_, after);
  used_ = 0;
  for (const auto& each : after) {
    each->links = 0;
    if (each->bytes) {
      each->bytes->lose_power(choices, how);
      used_ += each->bytes->size();
    }
  }
  root_->links = 1;
  for (const auto& each : after)
    for (const auto& [name, below] : each->names.all())
      ++below->links;
  boot_id_ = "boot-" + std::to_string(++boots_);
}

bool mount::may(disk_operation what, const char* name, std::uint64_t bytes) {
  const int number = is_over_ ? EIO : before_ ? before_(what, name, bytes) : 0;
  // The process may have ended right here.
  if (number == 0 && !is_over_)
    return true;
  errno = is_over_ ? EIO : number;
  return false;
}

node_ptr mount::node_of(int descriptor) const {
  const auto found = open_.find(descriptor);
  return found == open_.end() ? nullptr : found->second;
}

std::optional<mount::place> mount::find(int folder, const char* name) const {
  std::string_view left{name};
  place at{left.starts_with('/') ? disk_->root() : node_of(folder), {}, {}};
  at.node = at.folder;
  while (!left.empty()) {
    const auto slash = std::min(left.find('/'), left.size());
    const auto part = left.substr(0, slash);
    left.remove_prefix(std::min(slash + 1, left.size()));
    if (part.empty() || part == ".")
      continue;
    if (!at.node || !at.node->is_folder) {
      errno = at.node ? ENOTDIR : ENOENT;
      return std::nullopt;
    }
    at = {at.node, std::string{part}, at.node->names.find(std::string{part})};
  }
  if (!at.node && (!at.folder || at.folder->links == 0)) {
    errno = ENOENT;
    return std::nullopt;
  }
  return at;
}

int mount::give_descriptor(const node_ptr& node) {
  static const int folders = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  const int given = ::fcntl(node->bytes ? node->bytes->descriptor() : folders, F_DUPFD_CLOEXEC, 0);
  if (given >= 0)
    open_[given] = node;
  return given;
}

node_ptr mount::create(const place& at, bool is_folder) {
  auto made = disk_->make_node(is_folder);
  made->changed = now_();
  made->links = 1;
  at.folder->names.set(at.name, made);
  return made;
}

int mount::open(int folder, const char* name, int flags, mode_t) {
  const auto at = find(folder, name);
  const bool creates = (flags & O_CREAT) != 0 && at && !at->node;
  if (!may(creates ? disk_operation::create : disk_operation::open, name))
    return -1;
  if (!at)
    return failed(ENOENT);
  if (!at->node && !creates)
    return failed(ENOENT);
  if (at->node && (flags & O_CREAT) != 0 && (flags & O_EXCL) != 0)
    return failed(EEXIST);
  if (creates && disk_->used() + block > disk_->capacity())
    return failed(ENOSPC);
  const auto node = creates ? create(*at, false) : at->node;
  if ((flags & O_DIRECTORY) != 0 && !node->is_folder)
    return failed(ENOTDIR);
  if ((flags & O_TRUNC) != 0 && node->bytes && node->bytes->size() > 0)
    resize(node, 0);
  return give_descriptor(node);
}

void mount::close(int descriptor) noexcept {
  std::erase_if(locks_, [&](const auto& each) { return each.second == descriptor; });
  open_.erase(descriptor);
  ::close(descriptor);
}

ssize_t mount::read(int descriptor, std::span<std::byte> buffer, std::uint64_t offset) {
  if (!may(disk_operation::read, nullptr, buffer.size()))
    return -1;
  return ::pread(descriptor, buffer.data(), buffer.size(), static_cast<off_t>(offset));
}

bool mount::has_room(const disk_node& node, std::uint64_t size) const {
  const auto before = node.bytes->size();
  return size <= before || disk_->used() + (size - before) <= disk_->capacity();
}

ssize_t mount::write(int descriptor, std::span<const std::byte> bytes, std::uint64_t offset) {
  if (!may(disk_operation::write, nullptr, bytes.size()))
    return -1;
  const auto node = node_of(descriptor);
  const auto before = node->bytes->size();
  if (!has_room(*node, offset + bytes.size()))
    return failed(ENOSPC);
  node->bytes->write(bytes, offset);
  node->changed = now_();
  if (node->links > 0)
    disk_->used_ += node->bytes->size() - before;
  return static_cast<ssize_t>(bytes.size());
}

int mount::resize(const node_ptr& node, std::uint64_t size) {
  if (!has_room(*node, size))
    return failed(ENOSPC);
  if (node->links > 0)
    disk_->used_ += size - node->bytes->size();
  node->bytes->resize(size);
  node->changed = now_();
  return 0;
}

int mount::truncate(int descriptor, std::uint64_t size) {
  return may(disk_operation::truncate) ? resize(node_of(descriptor), size) : -1;
}

int mount::allocate(int descriptor, std::uint64_t size) {
  return may(disk_operation::allocate, nullptr, size) ? resize(node_of(descriptor), size) : -1;
}

int mount::sync(int descriptor) {
  const auto node = node_of(descriptor);
  if (!may(disk_operation::sync)) {
    if (!is_over_ && node) {
      dice choices{node->number ^ node->bytes->size()};
      node->bytes->sync_in_part(choices);
    }
    return failed(EIO);
  }
  node->bytes->sync();
  return 0;
}

int mount::sync_folder(int descriptor) {
  if (!may(disk_operation::sync_folder))
    return -1;
  node_of(descriptor)->names.sync();
  return 0;
}

namespace {

void describe(const disk_node& node, struct stat& found) {
  found = {};
  found.st_ino = node.number;
  found.st_mode = node.is_folder ? S_IFDIR | 0750 : S_IFREG | 0640;
  found.st_nlink = static_cast<nlink_t>(node.links);
  found.st_size = node.bytes ? static_cast<off_t>(node.bytes->size()) : 0;
  const auto since = node.changed.time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
  found.st_mtim.tv_sec = static_cast<time_t>(seconds.count());
  found.st_mtim.tv_nsec = (since - seconds).count();
}

} // namespace

int mount::status(int descriptor, struct stat& found) {
  if (!may(disk_operation::status))
    return -1;
  describe(*node_of(descriptor), found);
  return 0;
}

int mount::status(int folder, const char* name, struct stat& found, int) {
  if (!may(disk_operation::status, name))
    return -1;
  const auto at = find(folder, name);
  if (!at || !at->node)
    return failed(ENOENT);
  describe(*at->node, found);
  return 0;
}

int mount::change_owner(int, uid_t, gid_t) {
  return 0;
}

int mount::lock(int descriptor, int how) {
  if (!may(disk_operation::lock))
    return -1;
  const auto* node = node_of(descriptor).get();
  if ((how & LOCK_UN) != 0) {
    locks_.erase(node);
    return 0;
  }
  return locks_.emplace(node, descriptor).first->second == descriptor ? 0 : failed(EWOULDBLOCK);
}

int mount::make_folder(int parent, const char* name, mode_t) {
  if (!may(disk_operation::make_folder, name))
    return -1;
  const auto at = find(parent, name);
  if (!at)
    return -1;
  if (at->node)
    return failed(EEXIST);
  create(*at, true);
  return 0;
}

int mount::rename(int from, const char* old_name, int to, const char* new_name) {
  if (!may(disk_operation::rename, new_name))
    return -1;
  const auto old_place = find(from, old_name);
  const auto new_place = find(to, new_name);
  if (!old_place || !old_place->node || !new_place)
    return failed(ENOENT);
  if (new_place->node)
    drop_name(*new_place->node);
  auto moved =
    std::make_shared<move>(move{new_place->folder, new_place->name, old_place->node, false});
  new_place->folder->names.set(new_place->name, old_place->node, moved);
  old_place->folder->names.erase(old_place->name, moved);
  return 0;
}

int mount::link(int from, const char* name, int to, const char* new_name) {
  if (!may(disk_operation::link, new_name))
    return -1;
  const auto old_place = find(from, name);
  const auto new_place = find(to, new_name);
  if (!old_place || !old_place->node || !new_place)
    return failed(ENOENT);
  if (new_place->node)
    return failed(EEXIST);
  ++old_place->node->links;
  new_place->folder->names.set(new_place->name, old_place->node);
  return 0;
}

void mount::drop_name(disk_node& node) {
  if (--node.links == 0 && node.bytes)
    disk_->used_ -= node.bytes->size();
}

int mount::link_open(int, int, const char*) {
  return failed(EOPNOTSUPP);
}

int mount::clone(int, int) {
  return failed(EOPNOTSUPP);
}

ssize_t mount::copy(int to, int from, std::uint64_t offset, std::uint64_t size) {
  std::vector<std::byte> bytes(size);
  const auto n = read(from, bytes, offset);
  return n <= 0 ? n : write(to, std::span{bytes}.first(static_cast<std::size_t>(n)), offset);
}

int mount::remove(int folder, const char* name) {
  if (!may(disk_operation::remove, name))
    return -1;
  const auto at = find(folder, name);
  if (!at || !at->node)
    return failed(ENOENT);
  at->folder->names.erase(at->name);
  drop_name(*at->node);
  return 0;
}

int mount::list(int folder, const std::function<void(std::string_view)>& visit) {
  if (!may(disk_operation::list))
    return -1;
  const auto names = node_of(folder)->names.all();
  for (const auto& [name, node] : names)
    visit(name);
  return 0;
}

int mount::space(int folder, struct statvfs& found) {
  if (!may(disk_operation::space) || !node_of(folder))
    return -1;
  found = {};
  found.f_bsize = block;
  found.f_frsize = block;
  found.f_blocks = disk_->capacity() / block;
  found.f_bavail = (disk_->capacity() - std::min(disk_->used(), disk_->capacity())) / block;
  return 0;
}

} // namespace gantry::simulation
