#include "api/link_header.hpp"

#include <cctype>

namespace gantry::api {

namespace {

std::string next_link(std::string_view target, std::string_view query) {
  return std::string{"<"}.append(target).append("?").append(query).append(">; rel=\"next\"");
}

} // namespace

std::string percent_encode(std::string_view text) {
  constexpr char digits[] = "0123456789ABCDEF";
  std::string encoded;
  for (const unsigned char c : text) {
    if (std::isalnum(c) || c == '-' || c == '.' || c == '_' || c == '~') {
      encoded += static_cast<char>(c);
    } else {
      encoded += '%';
      encoded += digits[c >> 4];
      encoded += digits[c & 15];
    }
  }
  return encoded;
}

std::string digest_in_path(const digest& id) {
  return id.algorithm() == digest_algorithm::verbatim ? percent_encode(id.to_string())
                                                      : id.to_string();
}

std::string next_page_link(std::string_view target, std::string_view last, std::size_t n,
                           std::string_view others) {
  auto query = "last=" + percent_encode(last) + "&n=" + std::to_string(n);
  if (!others.empty())
    query.append("&").append(others);
  return next_link(target, query);
}

std::string next_referrers_link(std::string_view target, const digest& last,
                                const std::vector<std::string>& artifact_types) {
  std::string query;
  for (const auto& type : artifact_types)
    query += "artifactType=" + percent_encode(type) + "&";
  query += "last=" + percent_encode(last.to_string());
  return next_link(target, query);
}

} // namespace gantry::api
