#include "api/watch_events.hpp"

#include "api/engine_answer.hpp"
#include "auth/login.hpp"
#include "net/wait_for_bytes.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <memory>
#include <utility>

namespace asio = boost::asio;

namespace gantry::api {

namespace {

using boost::system::error_code;
using policy::action;

/// The most events that are read from the log for one client, and more than their bytes.
constexpr std::size_t events_per_page = 64;
constexpr std::uint64_t bytes_per_page = events_per_page * 1024;
/// A wait that is late by this much is cut like any other operation.
constexpr std::chrono::seconds watch_slack{10};

std::uint64_t logins_of(const context& server) {
  return server.login ? server.login->generation() : 0;
}

} // namespace

struct watch_events::sight {
  explicit sight(const watch_events& of)
    : rules{of.server_.policy ? of.server_.policy->take() : nullptr} {
    const auto& who = of.asked_.who->who;
    if (rules)
      rights.emplace(rules->rights_of(who));
    else if (!who.limits.empty())
      rights.emplace(who);
  }

  bool may(action what) const { return !rights || rights->may(what); }

  std::shared_ptr<const policy::rule_set> rules;
  /// Absent for everything.
  std::optional<policy::rights> rights;
};

watch_events::watch_events(context& server, net::connection& peer_connection,
                           watch_feed::place place, watch_request asked)
  : watch_member{peer_connection},
    server_{server},
    feed_{*server.watches},
    hub_{feed_.hub_of(peer_connection)},
    place_{std::move(place)},
    asked_{std::move(asked)},
    logins_{logins_of(server)} {
  hub_.join(*this);
}

watch_events::~watch_events() {
  hub_.leave(*this);
}

asio::awaitable<std::string_view> watch_events::next(error_code& ec) {
  if (has_more())
    co_return take_due();
  let_go();
  if (!std::exchange(has_begun_, true)) {
    if (asked_.begins_with_reset)
      co_return render_position("event: reset", "\ndata: {}");
    co_return render_position();
  }
  while (!must_end()) {
    auto found = hub_.ring().find(asked_.position);
    const bool is_in_ring = static_cast<bool>(found);
    if (!found && hub_.ring().is_started() && asked_.position < hub_.ring().begin()) {
      found = co_await read_log(ec);
      if (ec)
        break;
      own_ = found;
    }
    if (found) {
      if (is_in_ring)
        sending = found;
      if (begin_with(std::move(found)))
        co_return take_due();
      let_go();
      continue;
    }
    const bool has_come = co_await wait(ec);
    if (ec || (!has_come && peer.has_ended()))
      break;
    if (!has_come)
      co_return render_position();
  }
  co_return std::string_view{};
}

bool watch_events::must_end() const {
  if (server_.draining || hub_.has_ended())
    return true;
  const auto& [who, by] = *asked_.who;
  if (!who.anonymous && logins_of(server_) != logins_)
    return true;
  return by.end <= std::chrono::system_clock::now() || !sight{*this}.may(action::catalog);
}

watch::run watch_events::find_due() const {
  const auto& batch = own_ ? *own_ : *sending;
  const sight now{*this};
  const auto as = now.may(action::admin) ? watch::view::with_users : watch::view::without_users;
  if (asked_.which.matches_all() && (!now.rights || now.rights->may_everywhere(action::pull)))
    return batch.find(asked_.position, as, [](const auto&, const auto&) { return true; });
  return batch.find(asked_.position, as,
                    [&](const std::string& repository, const std::string& tag) {
                      return asked_.which.match(repository, tag) &&
                             (!now.rights || now.rights->may(action::pull, repository));
                    });
}

bool watch_events::begin_with(watch::batch_ptr found) {
  due_ = find_due();
  if (due_.text.empty())
    asked_.position = found->last();
  return !due_.text.empty();
}

std::string_view watch_events::take_due() {
  const auto& batch = own_ ? *own_ : *sending;
  const auto text = due_.text;
  feed_.count_sent(due_.events);
  asked_.position = due_.position;
  due_ = asked_.position == batch.last() ? watch::run{} : find_due();
  if (due_.text.empty())
    asked_.position = batch.last();
  return text;
}

void watch_events::let_go() {
  sending.reset();
  own_.reset();
  claim_.release();
  peer.hold_no_more();
}

asio::awaitable<bool> watch_events::wait(error_code& ec) {
  peer.expect_within(feed_.heartbeat() + watch_slack);
  waits = true;
  wake.expires_after(feed_.heartbeat());
  error_code cut;
  co_await wake.async_wait(asio::redirect_error(asio::use_awaitable, cut));
  waits = false;
  const auto state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none)
    ec = asio::error::operation_aborted;
  co_return static_cast<bool>(cut);
}

asio::awaitable<watch::batch_ptr> watch_events::read_log(error_code& ec) {
  const auto settings = server_.settings.take();
  const auto& share = server_.bytes.texts(bytes_per_page);
  peer.expect_within(settings->in_flight_timeout);
  auto granted = co_await net::wait_for_bytes(share, bytes_per_page);
  if (!granted) {
    ec = asio::error::operation_aborted;
    co_return nullptr;
  }
  claim_ = std::move(*granted);
  peer.hold(*share, settings->in_flight_patience);
  change_query query{asked_.position, events_per_page};
  auto page = co_await list(query);
  const bool has_gap = page && page->has_gap;
  if (has_gap) { // what is left is older than what the client looks at next
    query = {after_all_changes, 0};
    page = co_await list(query);
  }
  if (!page || (!has_gap && page->items.empty())) {
    ec = asio::error::connection_aborted;
    co_return nullptr;
  }
  if (has_gap)
    co_return std::make_shared<const watch::batch>(
      watch::batch::make_reset(asked_.position, page->next, feed_.ids()));
  co_return std::make_shared<const watch::batch>(asked_.position, page->next, page->items,
                                                 feed_.ids());
}

asio::awaitable<result<change_page>> watch_events::list(change_query query) {
  auto start = [this, query](completion<change_page> done) {
    feed_.log().list_changes(query, std::move(done));
  };
  co_return co_await engine_answer<change_page>(std::move(start));
}

std::string_view watch_events::render_position(std::string_view first, std::string_view last) {
  text_.assign(first).append("\nid: ");
  feed_.ids().append(text_, asked_.position);
  text_.append(last).append("\n\n");
  return text_;
}

} // namespace gantry::api
