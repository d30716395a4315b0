// Parses request lines into api_requests.
#include "api/request_parser.hpp"

#include "api/operations.hpp"
#include "support/mutation.hpp"
#include "support/print.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using gantry::digest;
using gantry::digest_algorithm;
using gantry::errc;
using gantry::api::parse_options;
using gantry::api::parse_request;

namespace api = gantry::api;

namespace {

/// $256, $512 and $id stand for a digest of each algorithm and an upload id.
std::string expand(std::string_view pattern) {
  const std::pair<std::string_view, std::string> placeholders[] = {
    {"$256", digest::of("x").to_string()},
    {"$512", digest::of("x", digest_algorithm::sha512).to_string()},
    {"$id", "f81d4fae-7dec-41d0-a765-00a0c91e6bf6"},
  };
  std::string text{pattern};
  for (const auto& [name, value] : placeholders) {
    for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at))
      text.replace(at, name.size(), value);
  }
  return text;
}

/// Renders an alternative as `get_blob foo/bar sha256:…`; absent parts are omitted.
class description {
public:
  explicit description(const gantry::api::api_request& request) { std::visit(*this, request); }
  const std::string& text() const { return text_; }

  /// The name of the operation, and the members that most of them have.
  template <class Request>
  void operator()(const Request& r) {
    text_ = api::operation_of(r).name;
    if constexpr (requires { r.repository; })
      text_ += ' ' + r.repository.to_string();
    if constexpr (requires { r.upload; })
      text_ += ' ' + r.upload.to_string();
    if constexpr (requires { add("", r.id); })
      add("", r.id);
    if constexpr (requires { r.name; })
      add("", r.name);
    if constexpr (requires { r.page; })
      add(r.page);
  }
  void operator()(const api::collect_garbage& r) {
    text_ = r.dry_run ? "collect_garbage dry_run" : "collect_garbage";
  }
  void operator()(const api::start_upload& r) {
    start("start_upload", r.repository);
    if (r.id)
      add("id=", *r.id);
    if (r.algorithm)
      text_ += " algorithm=" + std::string{to_string(*r.algorithm)};
    if (r.mount)
      add("mount=", *r.mount);
    if (r.from)
      text_ += " from=" + r.from->to_string();
    else if (r.from_given)
      text_ += " from?";
  }
  void operator()(const api::finish_upload& r) {
    start("finish_upload", r.repository);
    text_ += ' ' + r.upload.to_string();
    if (r.id)
      add("id=", *r.id);
  }
  void operator()(const api::put_manifest& r) {
    start("put_manifest", r.repository).add("", r.name);
    for (const auto& tag : r.tags)
      text_ += " tag=" + tag.to_string();
  }
  void operator()(const api::list_referrers& r) {
    start("list_referrers", r.repository).add("", r.subject);
    for (const auto& type : r.artifact_types)
      text_ += " type=" + type;
    if (r.last)
      add("last=", *r.last);
  }
  void operator()(const api::watch_changes& r) {
    text_ = "watch_changes repository=" + r.repository + " tag=" + r.tag;
    if (r.after)
      text_ += " after=" + *r.after;
  }
  void operator()(const api::list_repository_details& r) {
    text_ = "list_repository_details";
    add_filter(r.glob, r.contains, static_cast<int>(r.sorted.by), r.sorted.descending, r.page);
  }
  void operator()(const api::list_tag_details& r) {
    start("list_tag_details", r.repository);
    add_filter(r.glob, r.contains, static_cast<int>(r.sorted.by), r.sorted.descending, r.page);
  }
  void operator()(const api::search_manifests& r) {
    text_ = "search_manifests";
    add("annotation=", r.annotations);
    add("label=", r.labels);
    if (r.target)
      add("digest=", *r.target);
    if (!r.artifact_type.empty())
      text_ += " type=" + r.artifact_type;
    add(r.page);
  }
  void operator()(const api::test_webhook& r) { text_ = "test_webhook " + r.webhook; }
  void operator()(const api::list_methods& r) { text_ = "options " + r.allow; }

private:
  description& start(std::string_view what, const gantry::repository_name& where) {
    text_ = std::string{what} + ' ' + where.to_string();
    return *this;
  }
  void add(std::string_view label, const gantry::reference& value) {
    text_ += ' ' + std::string{label} + to_string(value);
  }
  void add(std::string_view label, const std::vector<gantry::listing::wanted_fact>& facts) {
    for (const auto& [key, value] : facts)
      text_ += ' ' + std::string{label} + key + (value ? " is '" + *value + "'" : "");
  }
  void add_filter(const std::string& glob, const std::string& contains, int column, bool descending,
                  const gantry::api::page_query& page) {
    text_ += " glob=" + glob + " contains=" + contains + " sort=" + (descending ? "-" : "") +
             std::to_string(column);
    add(page);
  }
  void add(const gantry::api::page_query& page) {
    if (page.n)
      text_ += " n=" + *page.n;
    if (page.last)
      text_ += " last=" + *page.last;
    if (!page.others.empty())
      text_ += " others=" + page.others;
  }

  std::string text_;
};

struct parsed_case {
  std::string_view method;
  std::string target;
  std::string expected;
};

struct refused_case {
  std::string_view method;
  std::string target;
  errc code;
  std::string_view allow{};
};

template <class Case>
void print_line(std::ostream& out, const Case& sample) {
  out << sample.method << ' ' << sample.target;
}

std::ostream& operator<<(std::ostream& out, const parsed_case& sample) {
  print_line(out, sample);
  return out;
}

std::ostream& operator<<(std::ostream& out, const refused_case& sample) {
  print_line(out, sample);
  return out;
}

const parsed_case parsed[] = {
  // case 17
  {"GET", "/", "root"},
  {"HEAD", "/", "root"},
  {"GET", "/?x=1", "root"},
  {"GET", "/health", "health"},
  {"GET", "/readyz", "ready"},
  {"POST", "/__parlel/reset", "reset"},
  {"GET", "/__parlel/repositories", "emulator_repositories"},
  {"POST", "/__gantry/gc", "collect_garbage"},
  {"GET", "/__gantry/v1/watch", "watch_changes repository= tag="},
  {"GET", "/__gantry/v1/webhooks", "list_webhooks"},
  {"POST", "/__gantry/v1/webhooks/one/test", "test_webhook one"},
  {"GET", "/__gantry/v1/watch?repository=team/*&tag=v1.%2A&after=3",
   "watch_changes repository=team/* tag=v1.* after=3"},
  {"GET", "/__gantry/v1/repositories", "list_repository_details glob= contains= sort=0"},
  {"GET", "/__gantry/v1/repositories?name=team/*&contains=APP&sort=-pulls&n=5&last=7%20a",
   "list_repository_details glob=team/* contains=APP sort=-7 n=5 last=7 a "
   "others=name=team/*&contains=APP&sort=-pulls"},
  {"GET", "/__gantry/v1/repositories/a/b/tags", "list_tag_details a/b glob= contains= sort=0"},
  {"GET", "/__gantry/v1/repositories/tags/tags?name=v1.*&sort=pushed_by",
   "list_tag_details tags glob=v1.* contains= sort=5 others=name=v1.*&sort=pushed_by"},
  {"GET", "/__gantry/v1/search", "search_manifests"},
  {"GET", "/__gantry/v1/search?annotation=a.b&annotation=c=d=e&annotation=f=&label=g&n=1",
   "search_manifests annotation=a.b annotation=c is 'd=e' annotation=f is '' label=g n=1 "
   "others=annotation=a.b&annotation=c=d=e&annotation=f=&label=g"},
  {"GET", "/__gantry/v1/search?digest=$256&artifactType=application/spdx%2Bjson",
   "search_manifests digest=$256 type=application/spdx+json "
   "others=digest=$256&artifactType=application/spdx%2Bjson"},
  {"POST", "/__gantry/gc?dry_run=true", "collect_garbage dry_run"},
  {"POST", "/__gantry/gc?dry_run=0", "collect_garbage"},
  {"GET", "/__gantry/gc", "gc_status"},
  // cases 1, 2, 3
  {"GET", "/v2/", "base"},
  {"HEAD", "/v2/", "base"},
  {"GET", "/v2", "base"},
  // case 18
  {"GET", "http://127.0.0.1:4775/v2/", "base"},
  {"GET", "HTTPS://example.com/v2/?x", "base"},
  {"GET", "http://example.com", "root"},
  {"GET", "http://example.com?x=/v2/", "root"},
  // case 39
  {"GET", "/v2/_catalog", "list_repositories"},
  {"GET", "/v2/_catalog?last=a%2Fb&n=2&ns=docker.io",
   "list_repositories n=2 last=a/b others=ns=docker.io"},
  {"GET", "/v2/_catalog?n=&last=", "list_repositories n= last="},
  {"GET", "/v2/_catalog?n", "list_repositories n="},
  {"GET", "/v2/_catalog?n=1&n=2&&a=%41&b", "list_repositories n=1 others=a=%41&b"},
  {"GET", "/v2/_catalog?a=\">&%6E=1", "list_repositories n=1 others=a=%22%3E"},
  {"GET", "/v2/foo/tags/list", "list_tags foo"},
  {"GET", "/v2/foo/bar/tags/list?n=x&last=1+2", "list_tags foo/bar n=x last=1+2"},
  // case 14
  {"GET", "/v2/foo%2Fbar/tags/list", "list_tags foo/bar"},
  {"GET", "/v2/foo%2fbar/t%61gs/list", "list_tags foo/bar"},
  // case 16
  {"GET", "/v2/foo/tags/list/tags/list", "list_tags foo/tags/list"},
  {"GET", "/v2/tags/tags/list", "list_tags tags"},
  {"GET", "/v2/manifests/blobs/manifests/list", "get_manifest manifests/blobs list"},
  {"GET", "/v2/manifests/manifests/manifests", "get_manifest manifests manifests"},
  {"GET", "/v2/foo/tags/manifests/list", "get_manifest foo/tags list"},
  {"GET", "/v2/blobs/blobs/$256", "get_blob blobs $256"},
  {"GET", "/v2/blobs/uploads/blobs/$256", "get_blob blobs/uploads $256"},
  {"POST", "/v2/blobs/uploads/blobs/uploads/", "start_upload blobs/uploads"},
  {"PATCH", "/v2/blobs/uploads/blobs/uploads/$id", "append_upload blobs/uploads $id"},
  {"GET", "/v2/foo/manifests/uploads", "get_manifest foo uploads"},
  {"GET", "/v2/foo/referrers/referrers/$256", "list_referrers foo/referrers $256"},
  {"GET", "/v2/" + std::string(255, 'a') + "/tags/list", "list_tags " + std::string(255, 'a')},
  {"GET", "/v2/foo/blobs/$256", "get_blob foo $256"},
  {"HEAD", "/v2/foo/blobs/$512?ns=docker.io", "get_blob foo $512"},
  {"DELETE", "/v2/foo/blobs/$256", "delete_blob foo $256"},
  {"GET", "/v2/foo/manifests/latest", "get_manifest foo latest"},
  {"HEAD", "/v2/foo/manifests/$256", "get_manifest foo $256"},
  {"DELETE", "/v2/foo/manifests/latest", "delete_manifest foo latest"},
  {"DELETE", "/v2/foo/manifests/$512", "delete_manifest foo $512"},
  {"PUT", "/v2/foo/manifests/latest", "put_manifest foo latest"},
  // case 125
  {"HEAD",
   "/v2/foo/blobs/sha256%3A0000000000000000000000000000000000000000000000000000000000000000",
   "get_blob foo sha256:0000000000000000000000000000000000000000000000000000000000000000"},
  // case 144
  {"PUT", "/v2/foo/manifests/$256?tag=b&tag=a&x=y&tag=b", "put_manifest foo $256 tag=b tag=a"},
  {"PUT", "/v2/foo/manifests/latest?tag=a&tag=-", "put_manifest foo latest"},
  // case 86
  {"POST", "/v2/foo/blobs/uploads/", "start_upload foo"},
  {"POST", "/v2/foo/blobs/uploads", "start_upload foo"},
  // case 94
  {"POST", "/v2/foo/blobs/uploads/?digest=$256", "start_upload foo id=$256"},
  // case 93
  {"POST", "/v2/foo/blobs/uploads/?digest-algorithm=sha512", "start_upload foo algorithm=sha512"},
  // case 119
  {"POST", "/v2/foo/blobs/uploads/?mount=$256&from=a/b", "start_upload foo mount=$256 from=a/b"},
  {"POST",
   "/v2/foo/blobs/uploads/?from=a%2Fb&mount=sha256%3A" + digest::of("x").hex() + "&origin=host",
   "start_upload foo mount=$256 from=a/b"},
  // case 120
  {"POST", "/v2/foo/blobs/uploads/?mount=$256", "start_upload foo mount=$256"},
  // case 121
  {"POST", "/v2/foo/blobs/uploads/?mount=sha256:bad&from=a", "start_upload foo from=a"},
  {"POST", "/v2/foo/blobs/uploads/?mount=$256&from=UPPER", "start_upload foo mount=$256 from?"},
  {"POST", "/v2/foo/blobs/uploads/?mount=$256&from=", "start_upload foo mount=$256 from?"},
  {"POST", "/v2/foo/blobs/uploads/?mount=%zz&from=%zz", "start_upload foo from?"},
  {"POST", "/v2/foo/blobs/uploads/?from=a", "start_upload foo from=a"},
  {"GET", "/v2/foo/blobs/uploads/$id", "upload_status foo $id"},
  {"HEAD", "/v2/foo/blobs/uploads/$id", "upload_status foo $id"},
  {"PATCH", "/v2/foo/blobs/uploads/$id", "append_upload foo $id"},
  {"DELETE", "/v2/foo/blobs/uploads/$id", "cancel_upload foo $id"},
  // case 88
  {"PUT", "/v2/foo/blobs/uploads/$id", "finish_upload foo $id"},
  // case 92
  {"PUT", "/v2/foo/blobs/uploads/$id?digest=$512", "finish_upload foo $id id=$512"},
  // cases 124, 125
  {"PUT", "/v2/foo/blobs/uploads/$id?_state=%ff&digest=$256", "finish_upload foo $id id=$256"},
  {"PUT", "/v2/foo/blobs/uploads/$id?digest=$256&digest=sha256:bad",
   "finish_upload foo $id id=$256"},
  {"PUT", "/v2/foo/blobs/uploads/$id?&digest=sha256%3a" + digest::of("x").hex(),
   "finish_upload foo $id id=$256"},
  // case 170
  {"GET", "/v2/foo/referrers/$256", "list_referrers foo $256"},
  // case 175
  {"GET", "/v2/foo/referrers/$512", "list_referrers foo $512"},
  // case 174
  {"GET", "/v2/foo/referrers/$256?artifactType=application/vnd.a+json",
   "list_referrers foo $256 type=application/vnd.a+json"},
  {"GET", "/v2/foo/referrers/$256?artifactType=application%2Fvnd.a%2Bjson&artifactType=b/c,,d/e,",
   "list_referrers foo $256 type=application/vnd.a+json type=b/c type=d/e"},
  {"GET", "/v2/foo/referrers/$256?artifactType=", "list_referrers foo $256"},
  // case 176
  {"GET", "/v2/foo/referrers/$256?last=$512", "list_referrers foo $256 last=$512"},
  // case 5
  {"OPTIONS", "/", "options GET, HEAD"},
  {"OPTIONS", "/v2/", "options GET, HEAD"},
  {"OPTIONS", "/__parlel/reset", "options POST"},
  {"OPTIONS", "/v2/foo/manifests/latest", "options DELETE, GET, HEAD, PUT"},
  {"OPTIONS", "/v2/UPPER/manifests/-", "options DELETE, GET, HEAD, PUT"},
  {"OPTIONS", "/v2/foo/blobs/x", "options DELETE, GET, HEAD"},
  {"OPTIONS", "/v2/foo/blobs/uploads/", "options POST"},
  {"OPTIONS", "/v2/foo/blobs/uploads/x", "options DELETE, GET, HEAD, PATCH, PUT"},
  {"OPTIONS", "/v2/foo/tags/list", "options GET, HEAD"},
  {"OPTIONS", "/v2/foo/referrers/x", "options GET, HEAD"},
  {"OPTIONS", "/nowhere", "options DELETE, GET, HEAD, PATCH, POST, PUT"},
  {"OPTIONS", "/%00", "options DELETE, GET, HEAD, PATCH, POST, PUT"},
  {"OPTIONS", "*", "options DELETE, GET, HEAD, PATCH, POST, PUT"},
};

const refused_case refused[] = {
  // cases 6, 7
  {"GET", "/v2/bad", errc::route_unknown},
  {"GET", "/v2/unknown/method", errc::route_unknown},
  {"GET", "/unknown/url", errc::route_unknown},
  {"FOO", "/unknown/url", errc::route_unknown},
  {"GET", "/v1/", errc::route_unknown},
  {"GET", "/v2x", errc::route_unknown},
  {"GET", "/v2/foo/tags/lists", errc::route_unknown},
  {"GET", "/v2/foo/tags/list/", errc::route_unknown},
  {"GET", "/v2/foo/uploads/$id", errc::route_unknown},
  {"GET", "/v2/_catalog/", errc::route_unknown},
  {"GET", "/v2/tags/list", errc::route_unknown},
  {"POST", "/v2/blobs/uploads/", errc::route_unknown},
  // case 4
  {"POST", "/v2/", errc::method_not_allowed, "GET, HEAD"},
  {"PUT", "/v2/", errc::method_not_allowed, "GET, HEAD"},
  {"DELETE", "/v2", errc::method_not_allowed, "GET, HEAD"},
  // case 8
  {"FOO", "/v2/foo/blobs/$256", errc::method_not_allowed, "DELETE, GET, HEAD"},
  {"get", "/v2/", errc::method_not_allowed, "GET, HEAD"},
  {"", "/v2/", errc::method_not_allowed, "GET, HEAD"},
  {"GET, HEAD", "/v2/", errc::method_not_allowed, "GET, HEAD"},
  // case 9
  {"POST", "/v2/foo/manifests/t", errc::method_not_allowed, "DELETE, GET, HEAD, PUT"},
  {"PATCH", "/v2/UPPER/manifests/-", errc::method_not_allowed, "DELETE, GET, HEAD, PUT"},
  // case 10
  {"TRACE", "/v2/", errc::method_not_allowed, "GET, HEAD"},
  {"CONNECT", "/v2/foo/tags/list", errc::method_not_allowed, "GET, HEAD"},
  {"CONNECT", "example.com:443", errc::method_not_allowed, "DELETE, GET, HEAD, PATCH, POST, PUT"},
  // case 172
  {"POST", "/v2/foo/referrers/$256", errc::method_not_allowed, "GET, HEAD"},
  {"POST", "/v2/foo/blobs/uploads/$id", errc::method_not_allowed, "DELETE, GET, HEAD, PATCH, PUT"},
  {"GET", "/v2/foo/blobs/uploads/", errc::method_not_allowed, "POST"},
  {"HEAD", "/__parlel/reset", errc::method_not_allowed, "POST"},
  {"DELETE", "/v2/_catalog", errc::method_not_allowed, "GET, HEAD"},
  // case 11
  {"GET", "/../../../v2/foo/tags/list", errc::route_unknown},
  {"GET", "/v2/../../foo/tags/list", errc::name_invalid},
  // case 12
  {"GET", "/v2/a/../b/tags/list", errc::name_invalid},
  {"GET", "/v2/a/./b/tags/list", errc::name_invalid},
  // case 13
  {"GET", "/v2//foo/tags/list", errc::name_invalid},
  {"GET", "/v2/foo//tags/list", errc::name_invalid},
  {"GET", "/v2//tags/list", errc::name_invalid},
  {"GET", "//v2/foo/tags/list", errc::route_unknown},
  // case 14
  {"GET", "/v2/a/%2e%2e/b/tags/list", errc::name_invalid},
  {"GET", "/v2/a/%252e/tags/list", errc::name_invalid},
  {"GET", "/v2/a%00b/tags/list", errc::request_invalid},
  {"GET", "/v2/a%0Ab/tags/list", errc::request_invalid},
  {"GET", "/v2/a%7F/tags/list", errc::request_invalid},
  {"GET", "/v2/a%c0%ae%c0%ae/tags/list", errc::request_invalid},
  {"GET", "/v2/a%e0%80%af/tags/list", errc::request_invalid},
  {"GET", "/v2/a%ed%a0%80/tags/list", errc::request_invalid},
  {"GET", "/v2/a%f4%90%80%80/tags/list", errc::request_invalid},
  {"GET", "/v2/a%e2%82/tags/list", errc::request_invalid},
  {"GET", "/v2/%e2%82%ac/tags/list", errc::name_invalid},
  {"GET", "/v2/a%/tags/list", errc::request_invalid},
  {"GET", "/v2/a%4/tags/list", errc::request_invalid},
  {"GET", "/v2/%", errc::request_invalid},
  {"GET", "/v2/%4", errc::request_invalid},
  {"GET", "/v2/a%zz/tags/list", errc::request_invalid},
  {"GET", "", errc::request_invalid},
  {"GET", "*", errc::request_invalid},
  {"GET", "v2/", errc::request_invalid},
  {"GET", "ftp://example.com/v2/", errc::request_invalid},
  {"GET", "/v2/_catalog?n=%zz", errc::request_invalid},
  {"GET", "/v2/_catalog?last=%00", errc::request_invalid},
  {"GET", "/__gantry/v1/repositories/", errc::route_unknown},
  {"POST", "/__gantry/v1/repositories", errc::method_not_allowed, "GET, HEAD"},
  // case 15
  {"GET", "/v2/UPPER/tags/list", errc::name_invalid},
  // case 16
  {"GET", "/v2/a___b/tags/list", errc::name_invalid},
  {"GET", "/v2/-a/tags/list", errc::name_invalid},
  {"GET", "/v2/a-/tags/list", errc::name_invalid},
  {"GET", "/v2/" + std::string(256, 'a') + "/tags/list", errc::name_invalid},
  // case 62
  {"GET", "/v2/foo/blobs/sha256:asd", errc::digest_invalid},
  {"HEAD", "/v2/foo/blobs/sha257:" + std::string(64, '0'), errc::digest_invalid},
  {"GET", "/v2/foo/blobs/sha256:" + std::string(64, 'A'), errc::digest_invalid},
  {"DELETE", "/v2/foo/blobs/sha512:" + std::string(64, '0'), errc::digest_invalid},
  {"GET", "/v2/foo/blobs/", errc::digest_invalid},
  // case 63
  {"GET", "/v2/blobs/sha256:asd", errc::route_unknown},
  // cases 89, 91
  {"PUT", "/v2/foo/blobs/uploads/$id?digest=sha256:baddigest", errc::digest_invalid},
  {"PUT", "/v2/foo/blobs/uploads/$id?digest=", errc::digest_invalid},
  {"PUT", "/v2/foo/blobs/uploads/$id?digest=sha257:" + std::string(64, '0'), errc::digest_invalid},
  {"PUT", "/v2/foo/blobs/uploads/$id?digest=%zz", errc::request_invalid},
  // case 94
  {"POST", "/v2/foo/blobs/uploads/?digest=sha256:bad", errc::digest_invalid},
  // case 93
  {"POST", "/v2/foo/blobs/uploads/?digest-algorithm=sha257", errc::digest_invalid},
  // case 109
  {"GET", "/v2/foo/blobs/uploads/1", errc::upload_unknown},
  {"PATCH", "/v2/foo/blobs/uploads/$id0", errc::upload_unknown},
  {"PUT", "/v2/foo/blobs/uploads/..?digest=$256", errc::upload_unknown},
  {"DELETE", "/v2/foo/blobs/uploads/list", errc::upload_unknown},
  // cases 129, 157
  {"PUT", "/v2/foo/manifests/sha256:baddigeststring", errc::digest_invalid},
  {"GET", "/v2/foo/manifests/sha256:baddigeststring", errc::digest_invalid},
  {"GET", "/v2/foo/manifests/a:b", errc::digest_invalid},
  // case 131
  {"PUT", "/v2/foo/manifests/.bad", errc::tag_invalid},
  {"PUT", "/v2/foo/manifests/-x", errc::tag_invalid},
  {"GET", "/v2/foo/manifests/-x", errc::manifest_unknown},
  {"DELETE", "/v2/foo/manifests/.bad", errc::manifest_unknown},
  {"PUT", "/v2/foo/manifests/" + std::string(129, 'x'), errc::tag_invalid},
  {"PUT", "/v2/foo/manifests/", errc::tag_invalid},
  {"PUT", "/v2/foo/manifests/a:b", errc::digest_invalid},
  {"PUT", "/v2/foo/manifests/a/b", errc::route_unknown},
  {"PUT", "/v2/foo/manifests/%2e%2e", errc::tag_invalid},
  // case 144
  {"PUT", "/v2/foo/manifests/$256?tag=a&tag=", errc::tag_invalid},
  {"PUT", "/v2/foo/manifests/$256?tag=a&tag", errc::tag_invalid},
  {"PUT", "/v2/foo/manifests/$256?tag=.bad", errc::tag_invalid},
  {"PUT", "/v2/foo/manifests/$256?tag=%00", errc::request_invalid},
  // case 171
  {"GET", "/v2/foo/referrers/latest", errc::digest_invalid},
  {"GET", "/v2/foo/referrers/sha256:bad", errc::digest_invalid},
  {"GET", "/v2/foo/referrers/", errc::digest_invalid},
  {"GET", "/v2/foo/referrers/$256?last=x", errc::digest_invalid},
  {"GET", "/v2/foo/referrers/$256?artifactType=%zz", errc::request_invalid},
};

/// What a GET is refused with; empty if it is not.
std::string refusal_of(const std::string& target) {
  const auto request = parse_request("GET", target, {});
  return request
           ? std::string{}
           : std::string{to_string(request.error().why.code)} + ": " + request.error().why.detail;
}

std::string described(std::string_view method, std::string_view pattern,
                      const parse_options& options) {
  const auto request = parse_request(method, expand(pattern), options);
  return request ? description{*request}.text() : std::string{to_string(request.error().why.code)};
}

} // namespace

BOOST_AUTO_TEST_SUITE(request_parser)

BOOST_DATA_TEST_CASE(a_request_line_names_one_operation, boost::unit_test::data::make(parsed)) {
  BOOST_TEST(described(sample.method, sample.target, {}) == expand(sample.expected));
}

BOOST_DATA_TEST_CASE(other_request_lines_are_refused, boost::unit_test::data::make(refused)) {
  const auto request = parse_request(sample.method, expand(sample.target), {});
  BOOST_REQUIRE(request.has_error());
  BOOST_TEST(request.error().why.code == sample.code);
  BOOST_TEST(request.error().allow == sample.allow);
}

BOOST_AUTO_TEST_CASE(filters_that_cannot_be_read_are_refused_with_advice) {
  const std::pair<std::string, std::string_view> samples[] = {
    {"watch?repository=Team", "request_invalid: repository: 'Team' matches nothing: write a name"},
    {"watch?tag=a/b", "request_invalid: tag: 'a/b' matches nothing: write a tag"},
    {"watch?tag=a&tag=b", "request_invalid: tag: write it once"},
    {"repositories?name=Team", "request_invalid: name: 'Team' matches nothing: write a name"},
    {"repositories?name=a&name=b", "request_invalid: name: write it once"},
    {"repositories?name=", "request_invalid: name: '' matches nothing"},
    {"repositories?contains=%00", "request_invalid: "},
    {"repositories?sort=colour", "request_invalid: sort: 'colour' "},
    {"repositories?sort=", "request_invalid: sort: '' "},
    {"repositories?sort=digest", "request_invalid: sort: 'digest' "},
    {"repositories/a/tags?sort=own_bytes", "request_invalid: sort: 'own_bytes' "},
    {"repositories/a/tags?name=a/b", "request_invalid: name: 'a/b' matches nothing: write a tag"},
    {"repositories/A/tags", "name_invalid: A"},
    {"search?annotation=", "request_invalid: annotation: expected KEY or KEY=VALUE"},
    {"search?annotation==1", "request_invalid: annotation: expected KEY or KEY=VALUE"},
    {"search?label=a&label==", "request_invalid: label: expected KEY or KEY=VALUE"},
    {"search?digest=latest", "digest_invalid: digest: 'latest' is not a digest, such as sha256:"},
    {"search?digest=", "digest_invalid: digest: '' is not a digest"},
    {"search?artifactType=", "request_invalid: artifactType: expected a single type"},
    {"search?artifactType=a/b&artifactType=c/d",
     "request_invalid: artifactType: expected a single"},
  };
  for (const auto& [target, start] : samples) {
    const auto mistake = refusal_of("/__gantry/v1/" + target);
    BOOST_TEST(mistake.starts_with(start), target << ": " << mistake);
  }
}

BOOST_AUTO_TEST_CASE(the_conditions_of_a_search_are_limited) {
  std::string target = "/__gantry/v1/search?x";
  for (int i = 0; i < 16; ++i)
    target += "&label=a&annotation=b";
  BOOST_TEST(refusal_of(target).empty());
  BOOST_TEST(refusal_of(target + "&label=a") == "request_invalid: label: write at most 16");
  BOOST_TEST(refusal_of(target + "&annotation=a") ==
             "request_invalid: annotation: write at most 16");
}

// case 144
BOOST_AUTO_TEST_CASE(tag_parameters_are_limited) {
  std::string target = "/v2/foo/manifests/$256?x";
  for (int i = 0; i < 64; ++i)
    target += "&tag=t" + std::to_string(i);
  BOOST_TEST(parse_request("PUT", expand(target), {}).has_value());
  const auto request = parse_request("PUT", expand(target + "&tag=t0"), {});
  BOOST_REQUIRE(request.has_error());
  BOOST_TEST(request.error().why.code == errc::too_many_tags);
}

// case 183
BOOST_AUTO_TEST_CASE(every_path_starts_with_the_prefix) {
  const parse_options options{.lenient = false, .prefix = "/test", .max_tag_parameters = 64};
  const std::array<std::array<std::string_view, 2>, 8> lines{{
    {"/test/v2/", "base"},
    {"/test/v2", "base"},
    {"/test/", "root"},
    {"/test", "root"},
    {"/test/v2/test/tags/list", "list_tags test"},
    {"/v2/", "route_unknown"},
    {"/testing/v2/", "route_unknown"},
    {"/", "route_unknown"},
  }};
  for (const auto& [target, expected] : lines)
    BOOST_TEST(described("GET", target, options) == expected);
}

// cases 88, 131
BOOST_AUTO_TEST_CASE(the_lenient_profile_accepts_digests_and_tags_unchecked) {
  const parse_options options{.lenient = true, .prefix = "", .max_tag_parameters = 64};
  const std::array<std::array<std::string_view, 3>, 11> lines{{
    {"GET", "/v2/foo/blobs/sha256:abc", "get_blob foo sha256:abc"},
    {"GET", "/v2/foo/blobs/$256", "get_blob foo $256"},
    {"PUT", "/v2/foo/manifests/.bad", "put_manifest foo .bad"},
    {"PUT", "/v2/foo/manifests/a:b?tag=-x", "put_manifest foo a:b tag=-x"},
    {"PUT", "/v2/foo/blobs/uploads/$id?digest=", "finish_upload foo $id"},
    {"PUT", "/v2/foo/blobs/uploads/$id?digest=abc", "finish_upload foo $id id=abc"},
    {"GET", "/v2/foo/manifests/..", "manifest_unknown"},
    {"GET", "/v2/foo/manifests/.", "manifest_unknown"},
    {"GET", "/v2/foo/blobs/..", "digest_invalid"},
    {"GET", "/v2/foo/blobs/a%20b", "digest_invalid"},
    {"GET", "/v2/UPPER/tags/list", "name_invalid"},
  }};
  for (const auto& [method, target, expected] : lines)
    BOOST_TEST(described(method, target, options) == expand(expected));
}

BOOST_AUTO_TEST_CASE(an_unchecked_rejection_throws) {
  const auto request = parse_request("GET", "/nowhere", {});
  BOOST_CHECK_EXCEPTION(request.value(), std::runtime_error, [](const std::runtime_error& thrown) {
    return std::string{thrown.what()} == "route_unknown: /nowhere";
  });
}

BOOST_AUTO_TEST_CASE(damaged_request_lines_parse_or_are_refused) {
  gantry::test::mutator damage;
  for (int round = 0; round < 20; ++round) {
    for (const parsed_case& sample : parsed) {
      const std::string target = damage(expand(sample.target));
      for (const bool lenient : {false, true}) {
        const auto request = parse_request(sample.method, target, {lenient, "", 64});
        const bool allowed = request || (request.error().why.code == errc::method_not_allowed) !=
                                          request.error().allow.empty();
        if (!allowed || (request && description{*request}.text().find('\0') != std::string::npos))
          BOOST_ERROR("odd answer to " << sample.method << ' ' << target);
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
