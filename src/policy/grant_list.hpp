// What a token allows: its scopes.
#pragma once

#include "policy/action.hpp"
#include "policy/repository_pattern.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gantry::policy {

/// Scopes in docker's words, as token services grant them: `repository:team/app:pull,push`,
/// `registry:catalog:*`; `registry:metrics:*` and `registry:admin:*` are Gantry's own. They limit
/// what the rules allow, and allow nothing by themselves. An empty list allows nothing.
class grant_list {
public:
  /// Whether the names of repositories may be patterns (`team/**`): administrators write these, and
  /// clients do not.
  enum class names : std::uint8_t { exact, patterns };

  /// Scopes, separated by spaces. Leaves out what grants nothing here: unknown types and actions,
  /// and names that no repository can have.
  static grant_list read(std::string_view scopes, names are);
  /// One scope of an administrator. Throws std::invalid_argument, which says what to write.
  static grant_list parse(std::string_view scope);

  /// What does not grant anything here is left out, as by `read`.
  void add(std::string_view type, std::string_view name,
           const std::vector<std::string_view>& actions, names are = names::exact);
  void append(grant_list more);

  bool allow(action what, std::string_view repository) const noexcept;
  /// Whether it allows this in every repository.
  bool allow_everywhere(action what) const noexcept;

  /// The scopes, as `read` takes them with `names::patterns`.
  std::string to_string() const;

private:
  struct in_repository {
    repository_pattern where;
    action_set what;
  };

  std::vector<in_repository> repositories_;
  action_set registry_;
};

} // namespace gantry::policy
