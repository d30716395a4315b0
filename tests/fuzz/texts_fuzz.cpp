// The small parsers of a request: the first byte chooses one.
#include "api/request_parser.hpp"
#include "domain/digest.hpp"
#include "domain/media_type.hpp"
#include "domain/paging.hpp"
#include "domain/reference.hpp"
#include "domain/repository_name.hpp"
#include "domain/upload_id.hpp"
#include "fuzz/fuzz.hpp"
#include "http/range.hpp"
#include "http/target.hpp"
#include "telemetry/trace_context.hpp"

#include <array>

using namespace gantry;
using fuzz::require;

namespace {

void read_media_type(fuzz::input text) {
  if (const auto type = media_type::parse(text.rest()))
    require(media_type::parse(type->to_string()).value() == *type);
}

void read_reference(fuzz::input text) {
  if (const auto name = parse_reference(text.rest()))
    require(to_string(*name) == text.rest());
  if (const auto name = parse_reference_lenient(text.rest()))
    require(to_string(*name) == text.rest());
}

void read_repository_name(fuzz::input text) {
  if (const auto name = repository_name::parse(text.rest())) {
    require(name->to_string() == text.rest());
    require(text.rest().size() <= repository_name::max_length);
    require(text.rest().find("..") == std::string_view::npos);
  }
}

void read_digest(fuzz::input text) {
  for (const auto& read : {digest::parse(text.rest()), digest::parse_lenient(text.rest())}) {
    if (read) {
      require(read->to_string() == text.rest());
      require(digest::from_binary(read->to_binary()).value() == *read);
    }
  }
  if (const auto read = digest::from_binary(text.rest()))
    require(read->to_binary() == text.rest());
}

void read_upload_id(fuzz::input text) {
  if (const auto id = upload_id::parse(text.rest()))
    require(upload_id::parse(id->to_string()).value() == *id);
}

void read_ranges(fuzz::input text) {
  const std::uint64_t size = std::uint64_t{text.take()} << (text.take() % 60);
  const auto ranges = http::parse_range(text.rest(), size);
  if (!ranges)
    return;
  require(ranges->size() <= http::max_ranges);
  for (const auto& range : *ranges)
    require(range.first <= range.last && range.last < size);
}

void read_chunk_range(fuzz::input text) {
  if (const auto range = http::parse_content_range(text.rest()))
    require(range->first <= range->last);
}

void read_page(fuzz::input text) {
  const page_limits limits{100, 1000, text.take() % 2 == 1};
  const auto n = text.take_until("&");
  if (const auto page = parse_page(n, text.rest(), limits))
    require(page->limit <= limits.max_limit && page->last == text.rest());
}

void read_request(fuzz::input text) {
  api::parse_options options;
  const auto choice = text.take();
  options.lenient = choice % 2 == 1;
  options.prefix = choice % 4 >= 2 ? "/test" : "";
  constexpr std::array methods{"GET", "HEAD", "PUT", "POST", "PATCH", "DELETE", "OPTIONS", "FOO"};
  const auto* method = methods[text.take() % methods.size()];
  const auto parsed = api::parse_request(method, text.rest(), options);
  if (!parsed)
    require(parsed.error().why.code != errc::internal);
}

void read_target(fuzz::input text) {
  const auto [path, query] = http::split_target(text.rest());
  if (const auto decoded = http::percent_decode(path))
    require(decoded->size() <= path.size());
  const http::query_parameters parameters{query};
  static_cast<void>(parameters.first("digest"));
  static_cast<void>(parameters.all("tag"));
  require(parameters.others().size() <= 3 * query.size());
}

void read_trace_parent(fuzz::input text) {
  const auto parent = telemetry::parse_traceparent(text.rest());
  if (!parent)
    return;
  require(parent->trace && parent->span);
  require(text.rest().substr(3, 32) == parent->trace.to_hex());
  require(text.rest().substr(36, 16) == parent->span.to_hex());
}

void read_trace_state(fuzz::input text) {
  const auto state = telemetry::parse_tracestate(text.rest());
  require(state.size() <= telemetry::max_trace_state);
  require(telemetry::parse_tracestate(state) == state);
}

constexpr std::array parsers{read_media_type,  read_reference,    read_repository_name,
                             read_digest,      read_upload_id,    read_ranges,
                             read_chunk_range, read_page,         read_request,
                             read_target,      read_trace_parent, read_trace_state};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::input text{data, size};
  const auto choice = text.take();
  parsers[choice % parsers.size()](text);
  return 0;
}
