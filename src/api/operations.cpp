#include "api/operations.hpp"

#include <algorithm>
#include <array>
#include <variant>
#include <vector>

namespace gantry::api {

namespace {

constexpr std::array<operation, std::variant_size_v<api_request>> table{{
  {"root", route::root, "GET, HEAD", effect::none, scope::none, ""},
  {"health", route::health, "GET, HEAD", effect::none, scope::none, ""},
  {"ready", route::ready, "GET, HEAD", effect::none, scope::none, ""},
  {"reset", route::reset, "POST", effect::controls, scope::admin, ""},
  {"emulator_repositories", route::emulator_repositories, "GET, HEAD", effect::reads,
   scope::catalog, ""},
  {"collect_garbage", route::garbage_collection, "POST", effect::controls, scope::admin, ""},
  {"gc_status", route::garbage_collection, "GET, HEAD", effect::none, scope::admin, ""},
  {"base", route::base, "GET, HEAD", effect::none, scope::none, "end-1"},
  {"list_repositories", route::catalog, "GET, HEAD", effect::reads, scope::catalog, ""},
  {"get_blob", route::blob, "GET, HEAD", effect::reads, scope::pull, "end-2"},
  {"get_manifest", route::manifest, "GET, HEAD", effect::reads, scope::pull, "end-3"},
  {"start_upload", route::uploads, "POST", effect::writes, scope::push, "end-4a, end-4b, end-11"},
  {"upload_status", route::upload, "GET, HEAD", effect::reads, scope::push, "end-13"},
  {"append_upload", route::upload, "PATCH", effect::writes, scope::push, "end-5"},
  {"finish_upload", route::upload, "PUT", effect::writes, scope::push, "end-6"},
  {"cancel_upload", route::upload, "DELETE", effect::writes, scope::push, "end-14"},
  {"put_manifest", route::manifest, "PUT", effect::writes, scope::push, "end-7a, end-7b"},
  {"list_tags", route::tags, "GET, HEAD", effect::reads, scope::pull, "end-8a, end-8b"},
  {"delete_manifest", route::manifest, "DELETE", effect::deletes, scope::remove, "end-9"},
  {"delete_blob", route::blob, "DELETE", effect::deletes, scope::remove, "end-10"},
  {"list_referrers", route::referrers, "GET, HEAD", effect::reads, scope::pull, "end-12a, end-12b"},
  // On every route, and on none.
  {"list_methods", route::anywhere, "OPTIONS", effect::none, scope::none, ""},
}};

/// Calls `visit(method)` for each of a comma separated list, until it returns true.
template <class Visit>
bool any_method(std::string_view methods, Visit visit) {
  while (!methods.empty()) {
    const auto method = methods.substr(0, methods.find(", "));
    if (visit(method))
      return true;
    methods.remove_prefix(std::min(method.size() + 2, methods.size()));
  }
  return false;
}

using method_lists = std::array<std::string, static_cast<std::size_t>(route::anywhere)>;

method_lists all_lists() {
  method_lists lists;
  for (std::size_t where = 0; where < lists.size(); ++where)
    lists[where] = methods_if(static_cast<route>(where), [](const operation&) { return true; });
  return lists;
}

} // namespace

std::span<const operation> operations() noexcept {
  return table;
}

const operation& operation_of(const api_request& request) noexcept {
  return table[request.index()];
}

std::string methods_if(route where, const std::function<bool(const operation&)>& keeps) {
  std::vector<std::string_view> found;
  for (const auto& row : table)
    if (row.where == where && keeps(row))
      any_method(row.methods, [&](std::string_view method) {
        found.push_back(method);
        return false;
      });
  std::ranges::sort(found);
  std::string text;
  for (const auto method : found)
    text.append(text.empty() ? "" : ", ").append(method);
  return text;
}

std::string_view methods_of(route where) noexcept {
  static const auto lists = all_lists();
  const auto index = static_cast<std::size_t>(where);
  return index < lists.size() ? std::string_view{lists[index]} : std::string_view{};
}

bool is_allowed(std::string_view methods, std::string_view method) noexcept {
  return any_method(methods, [method](std::string_view each) { return each == method; });
}

} // namespace gantry::api
