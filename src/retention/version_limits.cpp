#include "retention/version_limits.hpp"

#include <algorithm>
#include <functional>

namespace gantry::retention {

namespace {

/// Counts versions that come in their order, the newest one first.
class version_counter {
public:
  explicit version_counter(const version_limits& limits) : limits_{limits} {}

  /// Whether it stays.
  bool take(const version& next) {
    if (next.is_prerelease())
      return take_prerelease(next);
    const auto is_next = [&](version_level level) {
      return !release_ || !next.is_same(level, *release_);
    };
    if (is_next(version_level::major)) {
      ++majors_;
      minors_ = 0;
    }
    if (is_next(version_level::minor)) {
      ++minors_;
      patches_ = 0;
    }
    if (is_next(version_level::patch))
      ++patches_;
    release_ = &next;
    return majors_ <= limits_.major && minors_ <= limits_.minor && patches_ <= limits_.patch;
  }

private:
  bool take_prerelease(const version& next) {
    if (release_)
      return false;
    if (!prerelease_ || next != *prerelease_)
      ++prereleases_;
    prerelease_ = &next;
    return prereleases_ <= limits_.prereleases;
  }

  const version_limits& limits_;
  /// The last one of its kind; null before the first one.
  const version* release_ = nullptr;
  const version* prerelease_ = nullptr;
  std::size_t majors_ = 0;
  std::size_t minors_ = 0;
  std::size_t patches_ = 0;
  std::size_t prereleases_ = 0;
};

} // namespace

std::vector<bool> kept_versions(const version_limits& limits,
                                std::span<const std::optional<version>> versions) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < versions.size(); ++i)
    if (versions[i])
      places.push_back(i);
  std::ranges::sort(places, std::ranges::greater{},
                    [&](std::size_t i) -> const version& { return *versions[i]; });
  std::vector<bool> kept(versions.size());
  version_counter counter{limits};
  for (const auto place : places)
    kept[place] = counter.take(*versions[place]);
  return kept;
}

} // namespace gantry::retention
