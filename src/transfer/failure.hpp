// Exceptions of a transfer that cannot continue, or must leave something out.
#pragma once

#include "domain/error.hpp"

#include <cstddef>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

namespace gantry::transfer {

/// The most bytes of a document that is read whole: an index, a manifest, a config.
inline constexpr std::size_t max_document = 4 * 1024 * 1024;

/// One item cannot be transferred, for the reason in the text; others can.
struct broken_entry : std::runtime_error {
  using std::runtime_error::runtime_error;
};

[[noreturn]] inline void leave_out(const std::string& reason) {
  throw broken_entry{reason};
}

[[noreturn]] inline void refuse(const std::string& reason) {
  throw std::runtime_error{reason};
}

/// The engine is full: its limit is reached, or its disk is full.
struct engine_full : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The answer of an engine. Throws engine_full or std::runtime_error.
template <class T>
T demand(result<T> outcome) {
  if (!outcome) {
    const auto& failed = outcome.error();
    const auto reason =
      std::string{to_string(failed.code)} + (failed.detail.empty() ? "" : ": " + failed.detail);
    if (failed.code == errc::insufficient_storage || failed.code == errc::disk_full)
      throw engine_full{reason};
    refuse(reason);
  }
  if constexpr (!std::is_void_v<T>)
    return std::move(*outcome);
}

/// Runs `work`. An exception becomes a std::runtime_error with the text `what PLACE: reason`;
/// engine_full keeps its type.
template <class Work>
auto naming(const char* what, const std::filesystem::path& place, Work work) {
  try {
    return work();
  } catch (const engine_full& full) {
    throw engine_full{what + (' ' + place.string()) + ": " + full.what()};
  } catch (const std::exception& failure) {
    throw std::runtime_error{what + (' ' + place.string()) + ": " + failure.what()};
  }
}

} // namespace gantry::transfer
