#include "api/responses.hpp"

#include "api/engine_answer.hpp"
#include "api/error_table.hpp"
#include "http/conditional.hpp"
#include "telemetry/log.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <variant>

namespace gantry::api {

namespace {

void report_unreadable(const void* owner, const boost::system::error_code& why) {
  const auto& source = *static_cast<const blob*>(owner);
  telemetry::log().error("storage: the bytes of {} cannot be read: {}", source.id().to_string(),
                         why.message());
}

/// The bytes of a blob that an engine fetches from elsewhere.
class engine_reader final : public http::content_reader {
public:
  explicit engine_reader(std::shared_ptr<const blob_reader> from) : from_{std::move(from)} {}

  boost::asio::awaitable<std::size_t> read(std::uint64_t offset, std::span<std::byte> buffer,
                                           boost::system::error_code& ec) override {
    auto start = [&](auto done) { from_->read(offset, buffer, std::move(done)); };
    const auto got = co_await engine_answer<std::size_t>(std::move(start));
    if (!got)
      ec = make_error_code(boost::system::errc::io_error);
    co_return got ? *got : 0;
  }

private:
  std::shared_ptr<const blob_reader> from_;
};

} // namespace

void set_digest(response& reply, const digest& id) {
  reply.make_room();
  reply.fields.append("Docker-Content-Digest: ");
  id.append_to(reply.fields);
  reply.fields.append("\r\n");
}

void set_identity(response& reply, const digest& id) {
  set_digest(reply, id);
  reply.fields.append("ETag: \"");
  id.append_to(reply.fields);
  reply.fields.append("\"\r\n");
}

// Most requests have no condition, so they do not need the digest as text.

bool is_not_modified(const http::request_head& head, const digest& id) {
  return head.find(http::request_head::field::if_none_match) &&
         http::is_not_modified(head, id.to_string());
}

std::optional<std::string_view> effective_range(const http::request_head& head, const digest& id) {
  using field = http::request_head::field;
  return head.find(field::if_range) ? http::effective_range(head, id.to_string())
                                    : head.find(field::range);
}

http::content content_of(const blob_ptr& source) {
  http::content made;
  made.owner = source;
  made.size = source->size();
  made.unreadable = report_unreadable;
  const auto place = source->source();
  if (const auto* bytes = std::get_if<std::string_view>(&place)) {
    made.bytes = *bytes;
  } else if (const auto* file = std::get_if<file_range>(&place)) {
    made.bytes = file->mapped;
    made.file = file->descriptor;
    made.file_begin = file->begin;
  } else {
    made.reader =
      std::make_shared<engine_reader>(std::get<std::shared_ptr<const blob_reader>>(place));
  }
  return made;
}

response make_ok() {
  return make_json(200, R"({"ok":true})");
}

response make_error_response(const error& failure, std::string_view allow) {
  const auto status = to_wire(failure.code).status;
  auto reply = make_json(status, render(failure));
  if (status == 405)
    reply.set("Allow", allow);
  if (status == 429 || status == 503)
    reply.set("Retry-After", "1");
  return reply;
}

} // namespace gantry::api
