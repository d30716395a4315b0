// Writes content straight into an engine, past the actors: for what is there before they are.
#pragma once

#include "domain/storage.hpp"

#include <iosfwd>
#include <memory>
#include <string_view>
#include <vector>

namespace gantry::app {

/// Of one repository. Each call returns once its content is stored, and throws std::runtime_error
/// where it cannot be. One caller at a time.
class content_writer {
public:
  content_writer(storage_engine& engine, const repository_name& name);

  /// Streams `content` and verifies it; a blob that the engine has already is linked without
  /// reading.
  void put_blob(const descriptor& blob, std::istream& content);
  void put_blob(std::string_view content);
  void put_manifest(manifest value, std::vector<tag> tags);

private:
  blob_ptr publish(const descriptor& blob, std::istream& content);

  storage_engine* engine_;
  std::shared_ptr<repository_store> repository_;
};

} // namespace gantry::app
