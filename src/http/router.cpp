#include "http/router.hpp"

#include "http/origin_guard.hpp"

#include <utility>
#include <variant>

namespace gantry::http {

namespace {

template <class... Alternatives>
bool is_one_of(const api_request& request) {
  return (std::holds_alternative<Alternatives>(request) || ...);
}

answer at_once(response reply) {
  co_return reply;
}

} // namespace

std::optional<errc> refuse_by_mode(const api_request& request, const options& mode) {
  const auto deletes = is_one_of<api::delete_blob, api::delete_manifest>(request);
  const auto writes = is_one_of<api::start_upload, api::append_upload, api::finish_upload,
                                api::cancel_upload, api::put_manifest>(request);
  if (mode.read_only && (deletes || writes))
    return errc::read_only;
  if (!mode.allow_delete && deletes)
    return errc::delete_disabled;
  return std::nullopt;
}

std::string methods_in_mode(std::string_view methods, const options& mode) {
  std::string left;
  while (!methods.empty()) {
    const auto method = methods.substr(0, methods.find(", "));
    methods.remove_prefix(std::min(method.size() + 2, methods.size()));
    const auto reads = method == "GET" || method == "HEAD";
    if (reads || (!mode.read_only && (mode.allow_delete || method != "DELETE")))
      left.append(left.empty() ? "" : ", ").append(method);
  }
  return left;
}

answer dispatch(exchange& ex) {
  const auto& settings = ex.server.settings;
  if (const auto foreign = refuse_by_origin(ex.head, settings))
    return at_once(make_error_response(*foreign));
  const auto lenient = settings.validation.manifest == validation_policy::manifests::accept;
  const parse_options how{lenient, settings.prefix};
  auto parsed = parse_request(ex.head.method(), ex.head.target(), how);
  if (!parsed)
    return at_once(make_error_response(parsed.error().why, parsed.error().allow));
  if (const auto refused = refuse_by_mode(*parsed, settings)) {
    auto route_options = parse_request("OPTIONS", ex.head.target(), how);
    const auto& methods = std::get<api::options>(*route_options).allow;
    return at_once(make_error_response(fail(*refused), methods_in_mode(methods, settings)));
  }
  auto hand_over = [&ex](auto&& request) {
    return handle(ex, std::forward<decltype(request)>(request));
  };
  return std::visit(hand_over, std::move(*parsed));
}

} // namespace gantry::http
