#include "copying/registry_reader.hpp"

#include "client/registry_url.hpp"
#include "client/response_parser.hpp"
#include "transfer/failure.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <algorithm>
#include <chrono>
#include <exception>
#include <thread>
#include <utility>

namespace gantry::copying {

namespace asio = boost::asio;
using verb = boost::beast::http::verb;

namespace {

/// How often deadlines are checked.
constexpr std::chrono::milliseconds tick{50};
/// For a response as a whole; the rest of a blob is requested again.
constexpr std::chrono::minutes patience{5};
constexpr int attempts = 5;
constexpr std::chrono::milliseconds first_pause{250};
constexpr int max_redirections = 5;
/// Redirections name a new server rarely, but a signed URL each time.
constexpr std::size_t max_others = 16;

const client::connection_settings settings{patience, "gantry"};

void pause(int attempt) {
  std::this_thread::sleep_for(first_pause * (1 << attempt));
}

bool may_pass(unsigned status) {
  return status == 429 || status >= 500;
}

bool is_redirection(const client::response& answer) {
  return answer.status / 100 == 3 && !answer.location.empty();
}

/// Passes on the bytes of a blob that are new.
class body_taker final : public client::response_observer {
public:
  body_taker(const client::response& answer, std::uint64_t size, std::uint64_t& done,
             const byte_taker& take)
    : answer_{answer}, size_{size}, done_{done}, from_{done}, take_{take} {}

  void on_field(std::string_view, std::string_view) override {}

  // An exception must not pass through the connection's coroutine.
  void on_body(std::string_view bytes) override {
    if (failure_ || (answer_.status != 200 && answer_.status != 206))
      return;
    // A server without ranges begins at the start.
    const auto skipped =
      answer_.status == 200 ? std::min<std::uint64_t>(bytes.size(), from_ - passed_) : 0;
    passed_ += skipped;
    bytes.remove_prefix(static_cast<std::size_t>(skipped));
    bytes = bytes.substr(
      0, static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), size_ - done_)));
    try {
      take_(std::as_bytes(std::span{bytes}));
      done_ += bytes.size();
    } catch (...) {
      failure_ = std::current_exception();
    }
  }

  void pass_on() const {
    if (failure_)
      std::rethrow_exception(failure_);
  }

private:
  const client::response& answer_;
  const std::uint64_t size_;
  std::uint64_t& done_;
  const std::uint64_t from_;
  const byte_taker& take_;
  std::uint64_t passed_ = 0;
  std::exception_ptr failure_;
};

} // namespace

registry_reader::registry_reader(const client::registry_site& site, const client::tls_settings& tls)
  : tls_{tls},
    family_{site.server.address.protocol()},
    targets_{site.prefix},
    registry_{context_, site, settings} {}

template <class Connection>
client::error_code registry_reader::exchange(Connection& over, const client::request& what,
                                             client::body_use use, client::response& into) {
  client::error_code ec;
  context_.restart();
  asio::co_spawn(context_, over.exchange(what, use, into, ec), asio::detached);
  for (context_.run_for(tick); !context_.stopped(); context_.run_for(tick))
    over.check_deadline(client::steady_clock::now());
  return ec;
}

client::response registry_reader::get(const std::string& target, std::string_view accept) {
  client::request what{verb::get, target};
  what.accept = accept;
  return ask(what, client::body_use::keep);
}

client::response registry_reader::head(const std::string& target, std::string_view accept) {
  client::request what{verb::head, target};
  what.accept = accept;
  return ask(what, client::body_use::drop);
}

client::response registry_reader::ask(client::request what, client::body_use use) {
  std::string why;
  for (int attempt = 0; attempt < attempts; ++attempt) {
    client::response answer;
    const auto ec = exchange(registry_, what, use, answer);
    if (!ec && !may_pass(answer.status))
      return answer;
    why = ec ? client::name_of(ec) : "status " + std::to_string(answer.status);
    if (attempt + 1 < attempts)
      pause(attempt);
  }
  transfer::leave_out(std::string{what.target} + " cannot be read: " + why);
}

void registry_reader::read_blob(const std::string& target, std::uint64_t size,
                                const byte_taker& take) {
  std::uint64_t done = 0;
  std::string why = "there is nothing";
  for (int attempt = 0; attempt < attempts; ++attempt) {
    const auto before = done;
    why = read_part(target, size, done, take);
    if (why.empty())
      return;
    if (done > before)
      attempt = -1; // it makes progress
    else if (attempt + 1 < attempts)
      pause(attempt);
  }
  transfer::leave_out(target + " cannot be read: " + why + " after " + std::to_string(done) +
                      " bytes");
}

std::string registry_reader::read_part(const std::string& target, std::uint64_t size,
                                       std::uint64_t& done, const byte_taker& take) {
  const auto range = done > 0 ? "bytes=" + std::to_string(done) + '-' : std::string{};
  client::response answer;
  body_taker taker{answer, size, done, take};
  std::string at = target;
  client::connection* other = nullptr;
  for (int hop = 0; hop <= max_redirections; ++hop) {
    client::request what{verb::get, at};
    what.range = range;
    what.observer = &taker;
    const auto ec = other ? exchange(*other, what, client::body_use::drop, answer)
                          : exchange(registry_, what, client::body_use::drop, answer);
    taker.pass_on();
    if (ec)
      return client::name_of(ec);
    if (!is_redirection(answer))
      break;
    if (answer.location.starts_with('/'))
      at = answer.location;
    else
      other = &connection_to(answer.location, at);
  }
  if (answer.status == 404 || answer.status == 401 || answer.status == 403)
    transfer::leave_out(target + " is answered with " + std::to_string(answer.status));
  if (answer.status != 200 && answer.status != 206)
    return "status " + std::to_string(answer.status);
  return done == size ? std::string{} : "the response ends";
}

client::connection& registry_reader::connection_to(const std::string& url, std::string& target) {
  auto parsed = client::web_url::parse(url);
  if (!parsed)
    transfer::leave_out("a redirection leads to " + url + ", which is not a URL of http");
  target = parsed->target.empty() ? "/" : parsed->target;
  const auto key = (parsed->secure ? "https://" : "http://") + parsed->authority;
  if (const auto known = others_.find(key); known != others_.end())
    return *known->second;
  if (others_.size() >= max_others)
    others_.clear();
  asio::ip::tcp::resolver resolver{context_};
  client::error_code ec;
  const auto found = resolver.resolve(parsed->host, std::to_string(parsed->port), ec);
  if (ec || found.empty())
    transfer::leave_out("a redirection leads to " + parsed->host + ", which has no address");
  // The family that is known to work here.
  auto chosen = std::find_if(found.begin(), found.end(), [this](const auto& each) {
    return each.endpoint().protocol() == family_;
  });
  if (chosen == found.end())
    chosen = found.begin();
  client::peer server{chosen->endpoint(), parsed->host, parsed->authority};
  if (parsed->secure)
    server.tls = client::make_tls(tls_);
  return *others_.emplace(key, std::make_unique<client::connection>(context_, server, settings))
            .first->second;
}

} // namespace gantry::copying
