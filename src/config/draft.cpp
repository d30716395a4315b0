#include "config/draft.hpp"

#include "config/table.hpp"
#include "config/unsupported.hpp"
#include "profiles/profile.hpp"

#include <algorithm>
#include <cassert>
#include <memory>
#include <stdexcept>
#include <utility>
#include <variant>

namespace gantry::config {

namespace {

constexpr std::string_view authorities_key = "http.tls.clientcas";
constexpr std::string_view client_auth_key = "http.tls.clientauth";
constexpr std::string_view client_user_key = "gantry.tls.clientuser";
constexpr std::string_view control_key = "gantry.control";
constexpr std::string_view delete_key = "storage.delete.enabled";
constexpr std::string_view expiry_key = "storage.maintenance.uploadpurging.age";
constexpr std::string_view folder_key = "storage.filesystem.rootdirectory";
constexpr std::string_view host_key = "http.host";
constexpr std::string_view htpasswd_key = "auth.htpasswd.path";
constexpr std::string_view issuer_key = "auth.token.issuer";
/// What means nothing without an issuer.
constexpr std::array<std::string_view, 4> token_keys{
  "auth.token.jwks", "auth.token.realm", "auth.token.rootcertbundle", "auth.token.service"};
constexpr std::string_view journal_key = "gantry.journal.entries";
constexpr std::string_view memory_key = "gantry.memory.limit";
constexpr std::string_view origins_key = "gantry.cors.origins";
constexpr std::string_view page_default_key = "gantry.pages.default";
constexpr std::string_view page_max_key = "catalog.maxentries";
constexpr std::string_view proxy_protocol_key = "gantry.http.proxyprotocol";
constexpr std::string_view references_key = "gantry.validation.references";
constexpr std::string_view relative_key = "http.relativeurls";
constexpr std::string_view reset_key = "gantry.reset.allowed";

/// Where distribution keeps content if it is told to use a folder, but not which.
constexpr std::string_view usual_folder = "/var/lib/registry";

const row& row_of(std::string_view key) {
  const auto* found = find_key(key);
  assert(found);
  return *found;
}

std::size_t index_of(const row& setting) {
  return static_cast<std::size_t>(&setting - table().data());
}

validation_policy::references usual_references(const settings& chosen) {
  if (chosen.lenient)
    return validation_policy::lenient().reference;
  return chosen.folder.empty() ? validation_policy::ephemeral().reference
                               : validation_policy::durable().reference;
}

/// `REGISTRY_STORAGE`, or `config.yml:7: storage`.
std::string name_in_message(const origin& where, std::string_view section) {
  return where.from == source::file ? where.name + ": " + std::string{section} : where.name;
}

} // namespace

draft::draft(judge ask) : ask_{ask}, given_(table().size()), endpoints_{ask} {}

void draft::check(const row& setting, std::string_view text) const {
  if (ask_ && setting.holds.judged_as != form::plain)
    ask_(setting.holds.judged_as, text);
}

/// Reads the texts of a setting into its member.
void draft::take_texts(const row& setting) {
  const auto& holds = setting.holds;
  if (holds.is_list())
    holds.clear(made_);
  for (const auto& each : of(setting).texts)
    holds.read(made_, each.text, holds);
}

void draft::set(const row& setting, std::string_view text, const origin& where) {
  auto& known = of(setting);
  if (known.where.from > where.from)
    return;
  const bool empties = text.empty() && setting.holds.may_be_empty;
  if (!empties)
    check(setting, text);
  if (!setting.holds.is_list() || known.where.from != where.from)
    known.texts.clear();
  known.where = where;
  if (!empties)
    known.texts.push_back({std::string{text}, where.shown});
  take_texts(setting);
}

void draft::set_item(const row& setting, std::size_t index, std::string_view text,
                     const origin& where) {
  assert(setting.holds.is_list());
  auto& known = of(setting);
  if (known.where.from > where.from)
    return;
  check(setting, text);
  if (index > known.texts.size())
    throw std::invalid_argument{"item " + std::to_string(index) + " of a list with " +
                                std::to_string(known.texts.size()) +
                                ": number the items from 0, without a gap"};
  if (index == known.texts.size())
    known.texts.emplace_back();
  known.texts[index] = {std::string{text}, where.shown};
  known.where = where;
  take_texts(setting);
}

void draft::set_rules(given_rules rules) {
  if (rules.where.from >= rules_.where.from)
    rules_ = std::move(rules);
}

void draft::choose(kind& chosen, std::string_view name, const origin& where) {
  if (chosen.where.from > where.from)
    return;
  if (chosen.where.from == where.from && where.from == source::file && chosen.name != name)
    throw std::invalid_argument{"'" + std::string{name} + "' excludes '" + chosen.name +
                                "': write one of them"};
  chosen = {std::string{name}, where};
}

void draft::choose_storage(std::string_view name, const origin& where) {
  choose(storage_, name, where);
}

void draft::choose_login(std::string_view name, const origin& where) {
  choose(login_, name, where);
}

void draft::assume_distribution() {
  set(row_of(delete_key), "false", source::distribution);
  set(row_of(expiry_key), "168h", source::distribution);
}

/// Links with a host, if it was said which.
void draft::name_host() {
  if (is_given(host_key) && !is_given(relative_key))
    made_.relative_locations = false;
}

outcome draft::finish() {
  settle_storage();
  settle_login();
  check_token_service();
  imitate();
  refuse_both(folder_key, memory_key);
  fit_pages();
  fit_certificates();
  fit_proxies();
  name_host();
  if (!is_given(references_key))
    made_.references = usual_references(made_);
  if (made_.folder.empty())
    warn_of_idle();
  else
    be_durable();
  made_.webhooks = endpoints_.finish();
  made_.retention_rules = rules_.read;
  made_.quotas = quotas_.finish();
  return {std::make_shared<const settings>(std::move(made_)),
          std::move(given_),
          std::move(warnings_),
          endpoints_.given(),
          quotas_.given(),
          std::move(rules_)};
}

/// What a later source gives stays, whatever an earlier one chose.
void draft::settle_storage() {
  const auto& [name, where] = storage_;
  if (name.empty() || of(row_of(folder_key)).where.from > where.from)
    return;
  if (name == "inmemory")
    return forget(folder_key);
  if (name == "filesystem") {
    if (made_.folder.empty())
      set(row_of(folder_key), usual_folder, where);
    return;
  }
  throw std::invalid_argument{
    name_in_message(where, "storage") + ": '" + name +
    "' is not supported, and without it content would be lost with the process: write filesystem, "
    "or inmemory if it may be lost"};
}

void draft::settle_login() {
  const auto& name = login_.name;
  const auto& where = login_.where;
  if (name.empty())
    return;
  const auto given_later = [&](std::string_view key) {
    return of(row_of(key)).where.from > where.from;
  };
  if (name == "none") {
    for (const auto key : {htpasswd_key, issuer_key})
      if (!given_later(key))
        forget(key);
    return;
  }
  if (given_later(htpasswd_key) || given_later(issuer_key))
    return;
  const auto refuse = [&where](const std::string& why) {
    throw std::invalid_argument{name_in_message(where, "auth") + ": " + why};
  };
  if (name == "htpasswd" && made_.htpasswd.empty())
    refuse("htpasswd needs a file of users: write auth.htpasswd.path");
  if (name == "token" && made_.token_issuer.empty())
    refuse("token needs the name of its issuer: write auth.token.issuer");
  if (name != "htpasswd" && name != "token")
    refuse("'" + name +
           "' is not supported, and without it everybody could do everything: write "
           "htpasswd or token, or none to let everybody in");
}

/// A service that lacks a part would let in those that nothing asks for a token, or none at all.
void draft::check_token_service() const {
  const auto demand = [](bool has, const std::string& who, std::string_view key) {
    if (!has)
      throw std::invalid_argument{who + " needs " + std::string{key} + " (" +
                                  std::string{row_of(key).flag} + "), too"};
  };
  for (const auto key : token_keys)
    if (is_given(key))
      demand(!made_.token_issuer.empty(), name_of(key), issuer_key);
  if (made_.token_issuer.empty())
    return;
  const auto who = name_of(issuer_key);
  demand(!made_.token_realm.empty() || made_.token_autoredirect, who, "auth.token.realm");
  demand(!made_.token_service.empty(), who, "auth.token.service");
  demand(!made_.token_bundles.empty() || !made_.token_key_sets.empty(), who,
         "auth.token.rootcertbundle");
}

/// Applies the defaults of the profile.
void draft::imitate() {
  const auto* chosen = profiles::find(made_.profile);
  if (!chosen)
    return;
  for (const auto& each : chosen->deviations)
    if (const auto* preset = std::get_if<profiles::preset>(&each.does))
      set(row_of(preset->key), preset->text, source::profile);
}

/// Returns a setting without a default to that.
void draft::forget(std::string_view key) {
  const auto& setting = row_of(key);
  of(setting) = {};
  setting.holds.read(made_, {}, setting.holds);
}

void draft::refuse_both(std::string_view left, std::string_view right) const {
  if (is_given(left) && is_given(right))
    throw std::invalid_argument{name_of(left) + " excludes " + name_of(right) + ": omit one"};
}

void draft::fit_pages() {
  if (!is_given(page_default_key))
    made_.page_default = std::min(made_.page_default, made_.page_max);
  if (made_.page_default <= made_.page_max)
    return;
  const auto most = std::to_string(made_.page_max);
  throw std::invalid_argument{name_of(page_default_key) + ": '" +
                              std::to_string(made_.page_default) + "' is more than " +
                              name_of(page_max_key) + ": at most " + most + ", such as " + most};
}

/// What is to keep clients out must not be without effect.
void draft::fit_certificates() {
  const auto demand = [this](std::string_view key, bool is_met, std::string_view needed) {
    if (!is_met && is_given(key))
      throw std::invalid_argument{name_of(key) + " needs " + std::string{needed}};
  };
  demand(
    authorities_key, !made_.tls_certificate.empty() || !made_.tls_certificates.empty(),
    "TLS: name a certificate with --tls-cert (http.tls.certificate) and its key with --tls-key "
    "(http.tls.key)");
  const bool knows_clients = !made_.tls_client_authorities.empty();
  demand(client_auth_key, knows_clients,
         "authorities: name a file with --tls-client-ca (http.tls.clientcas)");
  if (is_given(client_user_key) && !knows_clients)
    warn(name_of(client_user_key) + " has no effect without " +
         std::string{row_of(authorities_key).flag} + " FILE");
}

/// Whom to believe has to be said: any client could send such a header.
void draft::fit_proxies() const {
  if (made_.proxy_protocol && made_.trusted_proxies.empty())
    throw std::invalid_argument{name_of(proxy_protocol_key) +
                                " needs proxies that are believed: name them with --trusted-proxy "
                                "(http.trustedproxies)"};
}

/// Applies the defaults of a durable registry.
void draft::be_durable() {
  if (!is_given(reset_key))
    made_.allow_reset = false;
  if (!is_given(origins_key))
    made_.cors_origins.clear();
  if (!is_given(control_key))
    made_.steered_by = control::off;
  if (!is_given(journal_key))
    made_.journal_entries = 0;
}

void draft::warn_of_idle() {
  for (const auto& each : table())
    if (each.needs_folder && is_given(each.key))
      warn(name_of(each.key) + " has no effect without " + std::string{row_of(folder_key).flag} +
           " DIR");
}

given& draft::of(const row& setting) {
  return given_[index_of(setting)];
}

const given& draft::of(const row& setting) const {
  return given_[index_of(setting)];
}

bool draft::is_given(std::string_view key) const {
  return of(row_of(key)).where.from != source::fallback;
}

std::string draft::name_of(std::string_view key) const {
  const auto& setting = row_of(key);
  const auto& where = of(setting).where;
  switch (where.from) {
  case source::environment: return where.name.empty() ? variable_of(setting) : where.name;
  case source::file: return where.name + ": " + std::string{key};
  default: return std::string{setting.flag};
  }
}

} // namespace gantry::config
