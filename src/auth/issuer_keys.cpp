#include "auth/issuer_keys.hpp"

#include "domain/strict_json.hpp"
#include "jose/jwk_set.hpp"
#include "jose/pem_bundle.hpp"
#include "telemetry/log.hpp"

#include <boost/json/object.hpp>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace gantry::auth {

namespace {

/// Levels of an OpenID configuration.
constexpr std::size_t document_depth = 8;

/// The place of the keys in an OpenID configuration (OpenID Connect Discovery, section 3); absent
/// for a JWK Set.
std::optional<std::string> keys_named_by(std::string_view document) {
  constexpr std::array<std::string_view, 1> names{"jwks_uri"};
  const auto read = parse_object(document, document_depth, names);
  const auto* place = read ? find_member(*read, names.front()) : nullptr;
  if (!place || !place->is_string())
    return std::nullopt;
  return std::string{place->as_string()};
}

std::vector<watched_file> watch(const std::vector<std::string>& files, std::size_t most) {
  std::vector<watched_file> watched;
  watched.reserve(files.size());
  for (const auto& each : files)
    watched.emplace_back(each, most);
  return watched;
}

} // namespace

issuer_keys::issuer_keys(std::string issuer, key_places from, fetcher fetch,
                         std::function<clock::time_point()> now, std::function<void()> on_change)
  : issuer_{std::move(issuer)},
    url_{std::move(from.url)},
    authorities_{std::move(from.authorities)},
    fetch_{std::move(fetch)},
    now_{std::move(now)},
    on_change_{std::move(on_change)},
    jwk_sets_{watch(from.jwk_sets, jose::max_jwk_set_size)},
    bundles_{watch(from.bundles, jose::max_pem_bundle_size)},
    keys_{std::make_shared<const jose::key_set>()} {}

std::shared_ptr<const jose::key_set> issuer_keys::take() {
  const auto now = now_();
  if (!url_.empty()) {
    const lock_guard lock{fetching_};
    if (!fetched_ || now - *fetched_ >= fresh)
      fetch(now);
  }
  const lock_guard lock{mutex_};
  look_if_due(now);
  return keys_;
}

bool issuer_keys::refresh() {
  const auto now = now_();
  if (url_.empty())
    return false;
  const lock_guard lock{fetching_};
  return fetch(now);
}

void issuer_keys::look() {
  const auto now = now_();
  const lock_guard lock{mutex_};
  look_if_due(now);
}

void issuer_keys::look_if_due(clock::time_point now) {
  if (now < look_at_)
    return;
  look_at_ = now + look_interval;
  const auto changed = [](const watched_file& each) { return each.has_changed(); };
  if (std::ranges::none_of(jwk_sets_, changed) && std::ranges::none_of(bundles_, changed))
    return;
  of_files_ = {};
  read_all(jwk_sets_, jose::read_jwk_set);
  read_all(bundles_, jose::read_pem_bundle);
  join();
}

void issuer_keys::read_all(std::vector<watched_file>& files, key_reader read) {
  for (auto& each : files) {
    const auto place = each.path().string();
    if (const auto text = each.read())
      add(place, read(*text));
    else
      complain(place, "this file cannot be read");
  }
}

void issuer_keys::add(const std::string& place, const jose::outcome<jose::read_keys>& read) {
  if (!read)
    return complain(place, read.error().detail);
  of_files_.add(read->keys);
  for (const auto& line : read->complaints)
    complain(place, line);
}

fetched_text issuer_keys::fetch_key_set() const {
  auto found = fetch_(url_, authorities_);
  const auto place = found.text ? keys_named_by(*found.text) : std::nullopt;
  return place ? fetch_(*place, authorities_) : std::move(found);
}

/// What was fetched before stays in force if this fails.
bool issuer_keys::fetch(clock::time_point now) {
  if (tried_ && now - *tried_ < pause)
    return false;
  tried_ = now;
  auto found = fetch_key_set();
  if (found.text && *found.text == document_) {
    fetched_ = now;
    return false;
  }
  if (found.text) {
    const auto read = jose::read_jwk_set(*found.text);
    if (read) {
      for (const auto& line : read->complaints)
        complain(url_, line);
      document_ = std::move(*found.text);
      fetched_ = now;
      replace_fetched(read->keys);
      return true;
    }
    found.why = read.error().detail;
  }
  complain(url_, found.why);
  if (!fetched_ || now - *fetched_ < stale)
    return false;
  complain(url_, "its keys were fetched too long ago, and do not count any longer");
  document_.clear();
  fetched_.reset();
  replace_fetched({});
  return true;
}

void issuer_keys::replace_fetched(jose::key_set keys) {
  const lock_guard lock{mutex_};
  of_url_ = std::move(keys);
  join();
}

void issuer_keys::join() {
  auto all = std::make_shared<jose::key_set>(of_files_);
  all->add(of_url_);
  keys_ = std::move(all);
  on_change_();
}

void issuer_keys::complain(const std::string& place, const std::string& why) const {
  telemetry::log().warn("auth: the keys of {}: {}: {}", issuer_, place, why);
}

} // namespace gantry::auth
