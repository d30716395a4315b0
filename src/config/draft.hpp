// Settings being assembled from all their sources.
#pragma once

#include "config/endpoints.hpp"
#include "config/origin.hpp"
#include "config/quotas.hpp"
#include "config/retention_rules.hpp"
#include "config/row.hpp"
#include "config/settings.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::config {

/// Complete settings, where each came from, and one warning line per setting that has no effect.
struct outcome {
  snapshot chosen;
  /// Indexed like the table.
  std::vector<given> sources;
  std::vector<std::string> warnings;
  /// In the order of `settings::webhooks`.
  std::vector<given_item> endpoints = {};
  /// In the order of `settings::quotas`.
  std::vector<given_item> quotas = {};
  given_rules rules = {};
};

/// Collects texts for rows of the table, then makes one snapshot of them. Not thread-safe.
class draft {
public:
  /// Validates texts whose form only a layer above knows. Throws std::invalid_argument, like
  /// readers.
  using judge = void (*)(form judged_as, std::string_view text);

  explicit draft(judge ask = nullptr);

  /// `notifications.endpoints`, which is a list of structures and therefore not in the table.
  endpoint_list& endpoints() noexcept { return endpoints_; }
  /// `gantry.quotas`, likewise.
  quota_list& quotas() noexcept { return quotas_; }

  /// Sets `retention::rules_key`, which is such a list, too. A later source wins.
  void set_rules(given_rules rules);

  /// Sets `setting`, a row of the table, to `text`; appends if it is a list that the same source
  /// began. A later source wins. Throws std::invalid_argument, without the name of the setting.
  void set(const row& setting, std::string_view text, const origin& where);
  void set(const row& setting, std::string_view text, source from) {
    set(setting, text, origin{.from = from});
  }

  /// Replaces one item of a list, whichever source gave it, or appends the next. Throws
  /// std::invalid_argument, also for a gap. Precondition: a list.
  void set_item(const row& setting, std::size_t index, std::string_view text, const origin& where);

  /// Chooses where content is kept by distribution's name: `filesystem`, `inmemory`. One that is
  /// not supported is refused by `finish`, unless a later source chooses another.
  void choose_storage(std::string_view name, const origin& where);
  /// Chooses how clients log in by distribution's name: `htpasswd`, `none`. Like `choose_storage`.
  void choose_login(std::string_view name, const origin& where);

  /// Distribution's defaults apply where they differ, because a configuration file is read.
  void assume_distribution();

  /// Adds a line to `outcome::warnings`.
  void warn(std::string line) { warnings_.push_back(std::move(line)); }

  /// Whether a later source than `from` has set it.
  bool is_overridden(const row& setting, source from) const {
    return of(setting).where.from > from;
  }

  /// Applies defaults that depend on other settings, and checks settings that must fit together.
  /// Throws std::invalid_argument. The draft is unusable afterwards.
  outcome finish();

private:
  /// A kind of storage or login; empty for none.
  struct kind {
    std::string name = {};
    origin where = {};
  };

  given& of(const row& setting);
  const given& of(const row& setting) const;
  bool is_given(std::string_view key) const;
  /// The setting's name as the user gave it: the flag, the variable, or the key in the file.
  std::string name_of(std::string_view key) const;

  void check(const row& setting, std::string_view text) const;
  void take_texts(const row& setting);
  static void choose(kind& chosen, std::string_view name, const origin& where);
  void forget(std::string_view key);
  void settle_storage();
  void settle_login();
  void check_token_service() const;
  void imitate();
  void refuse_both(std::string_view left, std::string_view right) const;
  void fit_pages();
  void fit_certificates();
  void fit_proxies() const;
  void name_host();
  void be_durable();
  void warn_of_idle();

  judge ask_;
  settings made_;
  /// Indexed by row.
  std::vector<given> given_;
  kind storage_;
  kind login_;
  endpoint_list endpoints_;
  quota_list quotas_;
  given_rules rules_;
  std::vector<std::string> warnings_;
};

} // namespace gantry::config
