// The rules of a policy, and what they decide.
#pragma once

#include "policy/rule.hpp"
#include "policy/subject.hpp"

#include <boost/container/small_vector.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace gantry::policy {

struct decision {
  bool allowed = false;
  /// The rule that decided; null if none fits, which denies, if a token does not allow it, or if
  /// there is no policy.
  const rule* by = nullptr;
  /// The client's token does not allow it, whatever the rules say.
  bool beyond_token = false;
};

class rule_set;

/// What one subject may do. The rule set and the subject outlive it.
class rights {
public:
  /// Without a policy, a subject may do all that its token allows; see also `rule_set::rights_of`.
  explicit rights(const subject& who) : who_{&who} {}

  /// First, the client's token must allow it. Then the first rule that denies counts, then the
  /// first that allows, in the order of the file. `repository` is a valid name for actions in
  /// repositories, and not looked at for others.
  decision decide(action what, std::string_view repository = {}) const noexcept;
  bool may(action what, std::string_view repository = {}) const noexcept {
    return decide(what, repository).allowed;
  }
  /// Whether it may do this in every repository, without looking at any.
  bool may_everywhere(action what) const noexcept;

private:
  friend rule_set;
  using numbers = std::vector<std::uint32_t>;

  rights(const rule_set& from, const subject& who) : from_{&from}, who_{&who} {}
  const rule* first(bool denies, action what, std::string_view repository) const noexcept;

  /// Null without a policy.
  const rule_set* from_ = nullptr;
  const subject* who_;
  /// Lists of rules, each sorted, that are about the subject: rarely more than those for all, for
  /// the user, and for two groups.
  boost::container::small_vector<const numbers*, 4> lists_;
  /// Rules found by claims.
  numbers by_claims_;
};

/// Immutable and therefore thread-safe.
class rule_set {
public:
  /// The groups of the file, and their users.
  using group_map = std::map<std::string, std::vector<std::string>>;

  rule_set(std::vector<rule> rules, const group_map& groups);
  rule_set(const rule_set&) = delete;
  rule_set& operator=(const rule_set&) = delete;

  const std::vector<rule>& rules() const noexcept { return rules_; }
  rights rights_of(const subject& who) const;
  /// Whether a rule allows something to those that have not logged in.
  bool admits_anonymous() const noexcept { return admits_anonymous_; }

private:
  friend rights;
  using numbers = rights::numbers;
  struct text_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };
  template <class Value>
  using by_name = std::unordered_map<std::string, Value, text_hash, std::equal_to<>>;

  void arrange(std::uint32_t number);

  const std::vector<rule> rules_;
  numbers for_anonymous_;
  /// For each that has logged in.
  numbers for_users_;
  numbers with_claims_;
  by_name<numbers> by_group_;
  by_name<numbers> by_user_;
  /// The groups of a user in the file that rules name.
  by_name<std::vector<const numbers*>> memberships_;
  bool admits_anonymous_ = false;
};

} // namespace gantry::policy
