#include "api/origin_guard.hpp"

#include "api/request_parser.hpp"
#include "http/authority.hpp"
#include "http/target.hpp"

#include <algorithm>
#include <string_view>

namespace gantry::api {

namespace {

using http::authority_of;
using http::default_port;
using http::is_local_host;
using http::origin;
using http::parse_authority;
using http::parse_origin;
using field = http::request_head::field;

/// The fields of an answer that scripts of other origins may read.
constexpr std::string_view exposed_headers =
  "Access-Control-Expose-Headers: Content-Range, Docker-Content-Digest, "
  "Docker-Distribution-Api-Version, Docker-Upload-UUID, ETag, Link, Location, OCI-Filters-Applied, "
  "OCI-Subject, Range, WWW-Authenticate, X-Request-Id\r\n";

constexpr std::string_view any_origin = "*";

bool only_reads(std::string_view method) noexcept {
  return method == "GET" || method == "HEAD" || method == "OPTIONS";
}

/// Whether the request changes something, or is a preflight for one that does.
bool changes_something(const http::request_head& head) {
  if (head.method() != "OPTIONS")
    return !only_reads(head.method());
  const auto wanted = head.find("Access-Control-Request-Method");
  return wanted && !only_reads(*wanted);
}

bool reads_for_all(const options& settings) {
  return std::ranges::find(settings.cors_origins, any_origin) != settings.cors_origins.end();
}

bool is_listed(const origin& page, const options& settings) {
  return std::ranges::any_of(settings.cors_origins, [&page](const std::string& listed) {
    return listed != any_origin && parse_origin(listed) == page;
  });
}

/// Whether the page belongs to this host, under a name that no attacker can point here.
bool is_own(const origin& page, const http::request_head& head, const options& settings) {
  const auto named = authority_of(head.target());
  const auto host = named ? named : head.find(field::host);
  auto own = host ? parse_authority(*host) : std::nullopt;
  if (!own)
    return false;
  if (!own->port)
    own->port = default_port(page.scheme);
  const auto& allowed = settings.allowed_hosts;
  return *own == page.place && default_port(page.scheme) &&
         (is_local_host(own->host) || std::ranges::find(allowed, own->host) != allowed.end());
}

} // namespace

std::optional<error> refuse_by_origin(const http::request_head& head, const options& settings) {
  const auto sent = head.find(field::origin);
  if (!sent || !(changes_something(head) || is_control(head.target(), settings.prefix)))
    return std::nullopt;
  const auto page = parse_origin(*sent);
  if (page && (is_listed(*page, settings) || is_own(*page, head, settings)))
    return std::nullopt;
  return fail(errc::origin_refused, *sent);
}

void append_cors_fields(std::string& fields, const http::request_head* head,
                        const options& settings) {
  if (settings.cors_origins.empty())
    return;
  const auto for_all = reads_for_all(settings);
  if (!for_all || settings.cors_origins.size() > 1)
    fields.append("Vary: Origin\r\n");
  const auto sent = head ? head->find(field::origin) : std::nullopt;
  const auto page = sent ? parse_origin(*sent) : std::nullopt;
  const auto listed = page && is_listed(*page, settings);
  if (!listed && !for_all)
    return;
  fields.append("Access-Control-Allow-Origin: ").append(listed ? *sent : any_origin).append("\r\n");
  if (sent)
    fields.append(exposed_headers);
}

std::string cors_methods(std::string_view methods, const http::request_head& head,
                         const options& settings) {
  const auto sent = head.find(field::origin);
  const auto page = sent ? parse_origin(*sent) : std::nullopt;
  if (page && is_listed(*page, settings))
    return std::string{methods};
  return reads_for_all(settings) ? "GET, HEAD" : "";
}

} // namespace gantry::api
