#include "recorder/forwarder.hpp"

#include "base/text.hpp"
#include "http/target.hpp"
#include "journal/secrets.hpp"

#include <boost/asio/error.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/system/errc.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace asio = boost::asio;

namespace gantry::recorder {

namespace {

/// As long as a reader of archives takes.
constexpr std::size_t max_method = 32;

http::response make_error(unsigned status, std::string_view code, std::string_view message) {
  boost::json::object failure;
  failure["code"] = std::string{code};
  failure["message"] = to_ascii(message);
  boost::json::array errors;
  errors.push_back(std::move(failure));
  return http::make_json(
    status, boost::json::serialize(boost::json::object{{"errors", std::move(errors)}}));
}

/// Path and query of the request line; empty if it has another form than a path or a URL.
std::string target_of(const http::request_head& head) {
  const auto [path, query] = http::split_target(head.target());
  if (!path.starts_with('/') || !std::ranges::all_of(path, is_visible) ||
      !std::ranges::all_of(query, is_visible))
    return {};
  return query.empty() ? std::string{path} : std::string{path}.append("?").append(query);
}

/// Keeps the client with the proxy, also when the session is replayed.
void localize(field_list& fields, const std::string& authority) {
  for (auto& [name, value] : fields)
    if (journal::is_same_name(name, "Location"))
      value = local_location(value, authority);
}

/// The fields that the client gets: the server adds those of its own connection.
field_list returned_fields(const field_list& fields) {
  std::string connection;
  for (const auto& [name, value] : fields)
    if (journal::is_same_name(name, "Connection"))
      connection.append(value).append(",");
  field_list kept;
  for (const auto& [name, value] : fields) {
    const bool is_own =
      journal::is_same_name(name, "Date") || journal::is_same_name(name, "X-Request-Id");
    if (!is_own && !is_hop_by_hop(name, connection))
      kept.emplace_back(name, value);
  }
  return kept;
}

http::response_body body_of(const std::shared_ptr<upstream_answer>& got) {
  const auto& body = got->body;
  if (body.size() == 0)
    return {};
  http::content source;
  source.owner = got;
  source.size = body.size();
  if (body.is_in_memory())
    source.bytes = body.bytes();
  else
    source.file = body.file();
  http::content_ranges whole;
  whole.ranges.push_back({0, body.size() - 1});
  whole.source = std::move(source);
  return whole;
}

http::response reply_of(const std::shared_ptr<upstream_answer>& got, bool to_head) {
  http::response reply;
  reply.status = got->head.status;
  for (const auto& [name, value] : returned_fields(got->fields))
    reply.set(name, value);
  reply.content_length = to_head ? got->head.content_length.value_or(0) : got->body.size();
  reply.body = body_of(got);
  return reply;
}

unsigned status_of(http::refusal_code code) {
  switch (code) {
  case http::refusal_code::malformed: return 400;
  case http::refusal_code::too_slow: return 408;
  case http::refusal_code::target_too_long: return 414;
  case http::refusal_code::head_too_large: return 431;
  case http::refusal_code::content_encoding_unsupported: return 415;
  case http::refusal_code::range_not_satisfiable:
  case http::refusal_code::too_many_ranges: return 416;
  }
  return 400;
}

bool is_coded(const field_list& fields) {
  return std::ranges::any_of(fields, [](const auto& each) {
    return journal::is_same_name(each.first, "Content-Encoding") &&
           !journal::is_same_name(each.second, "identity");
  });
}

} // namespace

forwarder::forwarder(asio::io_context& context, const upstream_site& site, archive& into,
                     warning warn)
  : context_{context}, site_{site}, archive_{into}, warn_{std::move(warn)} {}

asio::awaitable<http::response> forwarder::answer(http::request& asked) {
  exchange seen;
  seen.began = std::chrono::system_clock::now();
  seen.method = asked.head.method();
  seen.origin = site_.origin;
  seen.target = target_of(asked.head);
  if (seen.target.empty() || seen.method.size() > max_method)
    co_return make_error(400, "UNSUPPORTED", "expected a method and a path, such as GET /v2/");
  asked.head.visit_fields([&](std::string_view name, std::string_view value) {
    seen.request_fields.emplace_back(name, value);
  });
  const auto got = std::make_shared<upstream_answer>(archive_.folder());
  upstream registry{context_, site_};
  client::error_code ec;
  co_await registry.exchange(asked, seen.target, *got, ec);
  if (ec)
    co_return no_answer(*got, ec);
  seen.duration = std::chrono::duration_cast<std::chrono::microseconds>(
    std::chrono::system_clock::now() - seen.began);
  seen.request_body = got->request_body;
  seen.status = got->head.status;
  localize(got->fields, site_.authority);
  seen.response_fields = got->fields;
  record(seen, *got);
  co_return reply_of(got, asked.head.is_head());
}

http::response forwarder::refused(const http::refusal& why) {
  return make_error(status_of(why.code), "UNSUPPORTED", why.detail);
}

http::response forwarder::failed(const http::request_head&) {
  return make_error(500, "UNKNOWN", "internal error");
}

http::response forwarder::no_answer(const upstream_answer& got, const client::error_code& why) {
  if (got.is_request_cut)
    return make_error(400, "UNSUPPORTED", "the body of the request did not arrive");
  ++seen_.unanswered;
  if (got.body_failure) {
    warn_("the body of an answer cannot be kept: " + why.message());
    return make_error(502, "UNAVAILABLE", "the proxy has no room for the answer");
  }
  const bool is_late = why == asio::error::timed_out;
  return make_error(is_late ? 504 : 502, "UNAVAILABLE",
                    "the registry behind this proxy, " + site_.origin +
                      ", gave no answer: " + client::name_of(why));
}

void forwarder::record(const exchange& seen, const upstream_answer& got) {
  if (is_over_) {
    ++seen_.left_out;
    return;
  }
  const auto place = seen.method + " " + excerpt(masked_target(seen.target), 200);
  if (seen.status < 200 || seen.status > 599)
    return leave_out(place + " is not recorded: its status is " + std::to_string(seen.status));
  if (is_coded(seen.response_fields))
    return leave_out(place + " is not recorded: its content is encoded, although identity was "
                             "asked for");
  const auto ec = archive_.add(seen, got.body);
  if (!ec) {
    ++seen_.recorded;
    return;
  }
  is_over_ = true;
  if (ec == boost::system::errc::file_too_large)
    return leave_out("the archive is full: from " + place +
                     " on, requests are forwarded and not recorded (256 MiB and 100000 exchanges "
                     "are what --replay takes)");
  leave_out("the archive cannot be written (" + ec.message() + "): from " + place +
            " on, requests are forwarded and not recorded");
}

void forwarder::leave_out(const std::string& why) {
  ++seen_.left_out;
  warn_(why);
}

} // namespace gantry::recorder
