// A file or folder of a simulated disk: what processes see, what is durable, and what is between.
#pragma once

#include "simulation/dice.hpp"
#include "simulation/disk.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace gantry::simulation {

/// The bytes of a file. A memory file holds what processes see, so that its descriptor can be read
/// by other means.
class file_bytes {
public:
  file_bytes();
  ~file_bytes();
  file_bytes(const file_bytes&) = delete;
  file_bytes& operator=(const file_bytes&) = delete;

  int descriptor() const noexcept { return memory_; }
  std::uint64_t size() const noexcept { return size_; }
  void write(std::span<const std::byte> bytes, std::uint64_t offset);
  void resize(std::uint64_t size);
  std::string text() const;

  /// Makes all changes durable.
  void sync();
  /// A sync that fails: the kernel believes that all is written, and the disk has a part.
  void sync_in_part(dice& choices);
  /// What is there after a loss of power is there for good.
  void lose_power(dice& choices, loss how);

private:
  /// Bytes at an offset, or a new size.
  struct change {
    std::uint64_t at;
    std::optional<std::string> bytes;
  };

  void apply(const change& each);
  void apply_in_part(const change& each, dice& choices);

  int memory_;
  std::uint64_t size_ = 0;
  std::string durable_;
  std::vector<change> changes_;
};

/// A rename to another folder: its new name is durable before its old one is gone.
struct move {
  /// A folder that may hold this.
  std::weak_ptr<disk_node> to;
  std::string name;
  node_ptr node;
  bool is_durable = false;
};

/// The names in a folder.
class folder_names {
public:
  using table = std::map<std::string, node_ptr>;

  const table& all() const noexcept { return names_; }
  node_ptr find(const std::string& name) const;
  void set(const std::string& name, node_ptr node, std::shared_ptr<move> moved = {});
  void erase(const std::string& name, std::shared_ptr<move> moved = {});

  void sync();
  /// A loss of power chooses what stays of the changes, in all folders before the next step.
  void choose(dice& choices, loss how);
  /// Then the old names of files that have their new ones may go.
  void settle(dice& choices, loss how);

private:
  /// A name for a node, or none.
  struct change {
    std::string name;
    node_ptr node;
    std::shared_ptr<move> moved;
  };

  void apply(const change& each);

  table names_;
  table durable_;
  std::vector<change> changes_;
};

struct disk_node {
  std::uint64_t number = 0;
  bool is_folder = false;
  /// How many names it has; a folder that was removed has none.
  int links = 0;
  std::chrono::system_clock::time_point changed{};
  std::unique_ptr<file_bytes> bytes;
  folder_names names;
};

} // namespace gantry::simulation
