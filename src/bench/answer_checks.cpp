#include "bench/answer_checks.hpp"

#include "client/targets.hpp"

#include <utility>

namespace gantry::bench {

std::string status_error(unsigned status) {
  return "status_" + std::to_string(status);
}

std::string check_answer(const client::response& answer, unsigned status, std::string_view digest) {
  if (answer.status != status)
    return status_error(answer.status);
  return answer.content_digest.empty() || digest.empty() || answer.content_digest == digest
           ? std::string{}
           : "other_digest";
}

std::string take_location(const client::response& answer, std::string_view target,
                          std::string& location) {
  if (answer.status != 202)
    return status_error(answer.status);
  auto resolved = client::resolve_location(answer.location, target);
  if (!resolved)
    return "no_location";
  location = std::move(*resolved);
  return {};
}

std::string check_description(const client::response& answer, std::string_view digest,
                              std::uint64_t size) {
  auto wrong = check_answer(answer, 200, digest);
  const bool other = answer.content_length && *answer.content_length != size;
  return wrong.empty() && other ? "other_size" : wrong;
}

std::string check_body(const client::response& answer, const image_blob& blob, bool verify) {
  if (auto wrong = check_answer(answer, 200, blob.digest); !wrong.empty())
    return wrong;
  if (answer.body_size != blob.size)
    return "other_size";
  return verify && answer.body_digest->to_string() != blob.digest ? "other_bytes" : std::string{};
}

std::string check_range(const client::response& answer, const image_blob& blob, std::uint64_t begin,
                        std::uint64_t size, bool verify) {
  if (auto wrong = check_answer(answer, 206, blob.digest); !wrong.empty())
    return wrong;
  const auto end = begin + size;
  const auto expected = "bytes " + std::to_string(begin) + "-" + std::to_string(end - 1) + "/" +
                        std::to_string(blob.size);
  if (answer.content_range != expected)
    return "other_range";
  if (answer.body_size != size)
    return "other_size";
  const bool is_last = end == blob.size;
  return verify && is_last && answer.body_digest->to_string() != blob.digest ? "other_bytes"
                                                                             : std::string{};
}

} // namespace gantry::bench
