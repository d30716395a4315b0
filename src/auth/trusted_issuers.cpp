#include "auth/trusted_issuers.hpp"

#include "auth/issuer_reader.hpp"
#include "auth/statement.hpp"
#include "auth/yaml_file.hpp"
#include "jose/expectations.hpp"
#include "jose/token.hpp"
#include "jose/verify.hpp"
#include "telemetry/log.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace gantry::auth {

namespace {

outcome refuse(std::string_view why) {
  telemetry::log().info("auth: a token was refused: {}", why);
  return {};
}

outcome refuse(const jose::refusal& refused) {
  return refuse(std::string{jose::to_string(refused.why)} + ": " + refused.detail);
}

/// What another key could have verified.
bool is_about_keys(jose::reason why) noexcept {
  return why == jose::reason::key_unknown || why == jose::reason::signature_wrong;
}

} // namespace

trusted_issuers::trusted_issuers(sources from, std::function<clock::time_point()> now,
                                 std::function<wall_clock::time_point()> today)
  : fixed_{std::move(from.fixed)},
    fetch_{std::move(from.fetch)},
    now_{std::move(now)},
    today_{std::move(today)},
    entries_{std::make_shared<const entries>()},
    looks_{look_interval, now_()} {
  const lock_guard lock{mutex_};
  if (!from.file.empty())
    file_.emplace(from.file, yaml::max_bytes);
  load();
  look_at_keys();
}

trusted_issuers::~trusted_issuers() = default;

/// Keeps the keys of issuers that stay.
trusted_issuers::entries trusted_issuers::with(std::vector<issuer> all) {
  const auto before = entries_.take();
  entries made;
  for (auto& each : all) {
    const auto same =
      std::ranges::find_if(*before, [&](const entry& old) { return old.known == each; });
    auto keys = same == before->end()
                  ? std::make_shared<issuer_keys>(each.name, each.keys, fetch_, now_,
                                                  [this] { ++generation_; })
                  : same->keys;
    made.push_back({std::move(each), std::move(keys)});
  }
  return made;
}

void trusted_issuers::look_if_due() {
  if (!looks_.take_turn(now_()))
    return;
  {
    const lock_guard lock{mutex_};
    reread();
  }
  look_at_keys();
}

void trusted_issuers::look_at_keys() {
  for (const auto& each : *entries_.take())
    each.keys->look();
}

std::shared_ptr<const trusted_issuers::entries> trusted_issuers::take() {
  look_if_due();
  return entries_.take();
}

void trusted_issuers::load() {
  auto all = fixed_;
  if (file_)
    std::ranges::move(read_yaml(*file_, read_issuers), std::back_inserter(all));
  entries_.replace(std::make_shared<const entries>(with(std::move(all))));
}

void trusted_issuers::reread() {
  if (!file_ || !file_->has_changed())
    return;
  try {
    load();
    ++generation_; // after the change: who reads it before sees the former issuers
    complaint_.clear();
  } catch (const std::runtime_error& wrong) {
    if (std::exchange(complaint_, wrong.what()) != wrong.what())
      telemetry::log().error("auth: {}; the issuers of before stay", wrong.what());
  }
}

std::uint64_t trusted_issuers::generation() {
  look_if_due();
  return generation_;
}

/// A JWS in compact form, whose header is a JSON object.
bool trusted_issuers::could_be_token(std::string_view text) noexcept {
  return text.starts_with("ey") && std::ranges::count(text, '.') == 2;
}

void trusted_issuers::check(std::string token, completion done) {
  if (waiting_ >= max_waiting)
    return done({.is = verdict::delayed});
  ++waiting_;
  workers_.submit([this, token = std::move(token), done = std::move(done)] {
    auto found = verify(token);
    --waiting_;
    done(std::move(found));
  });
}

outcome trusted_issuers::verify(std::string_view token) {
  const auto sent = jose::parse_token(token);
  if (!sent)
    return refuse(sent.error());
  // Whose keys to ask for; nothing of this is believed yet.
  const auto said = jose::read_claims(sent->payload);
  if (!said)
    return refuse(said.error());
  const auto all = take();
  const auto from = std::ranges::find(*all, said->issuer.value_or(""),
                                      [](const entry& each) { return each.known.name; });
  if (from == all->end())
    return refuse("no trusted issuer has issued it");
  return verify_by(*from, *sent);
}

outcome trusted_issuers::verify_by(const entry& from, const jose::token& sent) {
  const auto& known = from.known;
  const jose::expectations expected{
    .issuers = {known.name}, .audiences = known.audiences, .leeway = known.leeway, .now = today_()};
  const auto accept = [&] {
    return jose::accept(sent, *from.keys->take(), known.algorithms, expected);
  };
  auto said = accept();
  if (!said && is_about_keys(said.error().why) && from.keys->refresh())
    said = accept();
  if (!said)
    return refuse(said.error());
  std::string why;
  auto found = read_statement(known, *said, why);
  if (!found)
    return refuse(why);
  found->by.end = *said->expires + known.leeway;
  return to_outcome(std::make_shared<const identity>(std::move(*found)));
}

} // namespace gantry::auth
