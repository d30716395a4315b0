#include "net/proxy_failure.hpp"

#include "net/failure_category.hpp"

#include <string>

namespace gantry::net {

namespace {

using boost::system::error_code;

std::string message_of(int code) {
  const std::string begin = "a trusted proxy must begin with a header of the PROXY protocol, "
                            "version 2; this one ";
  switch (static_cast<proxy_failure>(code)) {
  case proxy_failure::no_header: return begin + "begins otherwise";
  case proxy_failure::version_1:
    return begin + "sends version 1, a text (HAProxy: send-proxy-v2 instead of send-proxy)";
  case proxy_failure::unknown_version: return begin + "sends an unknown version";
  case proxy_failure::unknown_command: return begin + "sends an unknown command";
  case proxy_failure::unknown_family: return begin + "names no family of stream sockets";
  case proxy_failure::too_long: return begin + "sends more than 4096 bytes";
  case proxy_failure::too_short: return begin + "sends fewer bytes than its addresses have";
  case proxy_failure::bad_field: return begin + "sends fields that do not fit";
  case proxy_failure::bad_checksum: return begin + "sends a wrong checksum";
  }
  return begin + "is wrong";
}

const boost::system::error_category& failures() noexcept {
  static constexpr failure_category made{"PROXY protocol", message_of};
  return made;
}

} // namespace

error_code make_error_code(proxy_failure why) noexcept {
  return {static_cast<int>(why), failures()};
}

bool is_proxy_failure(const error_code& failure) noexcept {
  return failure.category() == failures();
}

} // namespace gantry::net
