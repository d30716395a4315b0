#include "faults/named_faults.hpp"

#include <algorithm>
#include <iterator>

namespace gantry::faults {

namespace {

// clang-format off
constexpr named_fault faults[] = {
  {"blob-corrupt", "every blob that is pulled has one wrong byte",
   R"({"match":{"method":"GET","operation":"get_blob"},"effect":{"corrupt_byte":0}})"},
  {"blob-get-reset", "the first pull of a blob is reset before its response",
   R"({"match":{"method":"GET","operation":"get_blob"},"nth":1,"effect":{"reset_after":0}})"},
  {"blob-redirect", "blobs are redirected to another host that does not answer",
   R"({"match":{"operation":"get_blob"},"effect":{"status":307,"body":"",
       "headers":{"Location":"http://127.0.0.1:9{target}"}}})"},
  {"blob-truncated", "the first pull of a blob ends after 100 bytes",
   R"({"match":{"method":"GET","operation":"get_blob"},"nth":1,"effect":{"truncate_after":100}})"},
  {"chunk-416", "the first chunk of an upload is refused with 416",
   R"({"match":{"operation":"append_upload"},"nth":1,
       "effect":{"status":416,"code":"RANGE_INVALID"}})"},
  {"digest-header-wrong", "Docker-Content-Digest of manifests names other content",
   R"({"match":{"operation":"get_manifest"},"effect":{"wrong_digest":true}})"},
  {"ecr-throttle", "the first two pushes of manifests are refused as ECR does beyond its rate",
   R"({"match":{"operation":"put_manifest"},"count":2,
       "effect":{"status":429,"code":"TOOMANYREQUESTS","message":"Rate exceeded"}})"},
  {"hub-429", "manifests are refused as Docker Hub does beyond its pull limit",
   R"({"match":{"operation":"get_manifest"},
       "effect":{"status":429,"code":"TOOMANYREQUESTS","message":"You have reached your pull rate limit. You may increase the limit by authenticating and upgrading: https://www.docker.com/increase-rate-limit",
                 "headers":{"Retry-After":"1","ratelimit-limit":"100;w=21600","ratelimit-remaining":"0;w=21600"}}})"},
  {"hub-429-html", "the same as an HTML page, as a proxy in front answers",
   R"({"match":{"operation":"get_manifest"},
       "effect":{"status":429,"content_type":"text/html","body":"<html><body><h1>429 Too Many Requests</h1></body></html>"}})"},
  {"hub-429-text", "the same as plain text",
   R"({"match":{"operation":"get_manifest"},
       "effect":{"status":429,"content_type":"text/plain","body":"Too Many Requests\n"}})"},
  {"link-loop", "lists of tags have no end: the next page is the same one",
   R"({"match":{"operation":"list_tags"},"effect":{"endless_link":true}})"},
  {"location-absent", "a new upload has no Location",
   R"({"match":{"operation":"start_upload"},"effect":{"location":{"absent":true}}})"},
  {"location-https", "the Location of a new upload has the scheme https",
   R"({"match":{"operation":"start_upload"},"effect":{"location":{"scheme":"https"}}})"},
  {"location-other-port", "the Location of a new upload has a port at which nothing listens",
   R"({"match":{"operation":"start_upload"},"effect":{"location":{"scheme":"http","host":"127.0.0.1:9"}}})"},
  {"login-page", "manifests are answered with the HTML of a login page",
   R"({"match":{"operation":"get_manifest"},
       "effect":{"status":200,"content_type":"text/html","body":"<html><body><form action=\"/login\">Sign in</form></body></html>"}})"},
  {"manifest-put-504-after", "the first push of a manifest takes effect, and then a proxy answers 504",
   R"({"match":{"operation":"put_manifest"},"nth":1,
       "effect":{"status":504,"after":true,"content_type":"text/html","body":"<html><body><h1>504 Gateway Time-out</h1></body></html>"}})"},
  {"manifest-put-504-every-2nd", "every second push of a manifest is answered with a proxy's 504",
   R"({"match":{"operation":"put_manifest"},"every":2,
       "effect":{"status":504,"content_type":"text/html","body":"<html><body><h1>504 Gateway Time-out</h1></body></html>"}})"},
  {"slow-blobs", "blobs arrive at 64 KiB per second",
   R"({"match":{"method":"GET","operation":"get_blob"},"effect":{"rate":65536}})"},
  {"unauthorized-mid-push", "the end of the first upload is refused with 401 and a challenge",
   R"({"match":{"operation":"finish_upload"},"nth":1,
       "effect":{"status":401,"code":"UNAUTHORIZED","message":"authentication required",
                 "headers":{"WWW-Authenticate":"Basic realm=\"gantry\""}}})"},
  {"upload-503-once", "the first upload is refused with 503 and Retry-After",
   R"({"match":{"operation":"start_upload"},"nth":1,
       "effect":{"status":503,"code":"UNAVAILABLE","headers":{"Retry-After":"1"}}})"},
};
// clang-format on

} // namespace

std::span<const named_fault> named_faults() noexcept {
  return faults;
}

const named_fault* find_named_fault(std::string_view name) noexcept {
  const auto* found = std::ranges::find(faults, name, &named_fault::name);
  return found == std::end(faults) ? nullptr : found;
}

} // namespace gantry::faults
