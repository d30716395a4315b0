#include "api/operations.hpp"

#include "api/readers.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <type_traits>
#include <variant>
#include <vector>

namespace gantry::api {

namespace {

template <class Request, class... All>
constexpr std::size_t place_in(const std::variant<All...>*) {
  std::size_t place = 0;
  (void)((std::is_same_v<Request, All> || (++place, false)) || ...);
  return place;
}

template <class Request>
constexpr std::size_t index_of = place_in<Request>(static_cast<const api_request*>(nullptr));

template <class Request, auto Make>
constexpr request_maker made_by{index_of<Request>, Make};

template <class Request, auto... Read>
constexpr request_maker makes = made_by<Request, make<Request, Read...>>;

constexpr std::array<operation, std::variant_size_v<api_request>> table{{
  {"root", "/", "GET, HEAD", effect::none, scope::none, "", makes<root>},
  {"health", "/health", "GET, HEAD", effect::none, scope::none, "", makes<health>},
  {"ready", "/readyz", "GET, HEAD", effect::none, scope::none, "", makes<ready>},
  {"reset", "/__parlel/reset", "POST", effect::controls, scope::admin, "", makes<reset>},
  {"emulator_repositories", "/__parlel/repositories", "GET, HEAD", effect::reads, scope::catalog,
   "", makes<emulator_repositories>},
  {"collect_garbage", "/__gantry/gc", "POST", effect::controls, scope::admin, "",
   makes<collect_garbage, read_dry_run>},
  {"gc_status", "/__gantry/gc", "GET, HEAD", effect::none, scope::admin, "", makes<gc_status>},
  {"base", "/v2/", "GET, HEAD", effect::none, scope::none, "end-1", makes<base>},
  {"list_repositories", "/v2/_catalog", "GET, HEAD", effect::reads, scope::catalog, "",
   makes<list_repositories, read_page>},
  {"get_blob", "/v2/<name>/blobs/<digest>", "GET, HEAD", effect::reads, scope::pull, "end-2",
   makes<get_blob, read_name, read_digest>},
  {"get_manifest", "/v2/<name>/manifests/<reference>", "GET, HEAD", effect::reads, scope::pull,
   "end-3", makes<get_manifest, read_name, read_reference>},
  {"start_upload", "/v2/<name>/blobs/uploads/", "POST", effect::writes, scope::push,
   "end-4a, end-4b, end-11", made_by<start_upload, make_start_upload>},
  {"upload_status", "/v2/<name>/blobs/uploads/<id>", "GET, HEAD", effect::reads, scope::push,
   "end-13", makes<upload_status, read_name, read_upload>},
  {"append_upload", "/v2/<name>/blobs/uploads/<id>", "PATCH", effect::writes, scope::push, "end-5",
   makes<append_upload, read_name, read_upload>},
  {"finish_upload", "/v2/<name>/blobs/uploads/<id>", "PUT", effect::writes, scope::push, "end-6",
   makes<finish_upload, read_name, read_upload, read_digest_parameter>},
  {"cancel_upload", "/v2/<name>/blobs/uploads/<id>", "DELETE", effect::writes, scope::push,
   "end-14", makes<cancel_upload, read_name, read_upload>},
  {"put_manifest", "/v2/<name>/manifests/<reference>", "PUT", effect::writes, scope::push,
   "end-7a, end-7b", made_by<put_manifest, make_put_manifest>},
  {"list_tags", "/v2/<name>/tags/list", "GET, HEAD", effect::reads, scope::pull, "end-8a, end-8b",
   makes<list_tags, read_name, read_page>},
  {"delete_manifest", "/v2/<name>/manifests/<reference>", "DELETE", effect::deletes, scope::remove,
   "end-9", makes<delete_manifest, read_name, read_reference>},
  {"delete_blob", "/v2/<name>/blobs/<digest>", "DELETE", effect::deletes, scope::remove, "end-10",
   makes<delete_blob, read_name, read_digest>},
  {"list_referrers", "/v2/<name>/referrers/<digest>", "GET, HEAD", effect::reads, scope::pull,
   "end-12a, end-12b",
   makes<list_referrers, read_name, read_digest, read_artifact_types, read_last_digest>},
  // On every path, whether it is a route or not.
  {"list_methods", {}, "OPTIONS", effect::none, scope::none, "", made_by<list_methods, nullptr>},
}};

constexpr bool is_in_order() {
  std::size_t next = 0;
  return std::ranges::all_of(table,
                             [&](const operation& row) { return row.make.alternative == next++; });
}
static_assert(is_in_order(), "a row for each alternative of api_request, in the same order");

/// Calls `visit(method)` for each method of a comma-separated list until it returns true.
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

} // namespace

std::span<const operation> operations() noexcept {
  return table;
}

const operation& operation_of(const api_request& request) noexcept {
  return table[request.index()];
}

std::optional<matched_route> match_route(std::string_view path) noexcept {
  std::optional<matched_route> found;
  for (const auto& row : table) {
    if (found && row.where.is_open())
      continue;
    const auto matched = row.where.match(path);
    if (!matched)
      continue;
    found = {row.where, *matched};
    if (!row.where.is_open())
      break;
  }
  return found;
}

const operation* find_operation(const route& where, std::string_view method) noexcept {
  const auto row = std::ranges::find_if(table, [&](const operation& each) {
    return each.where == where && is_allowed(each.methods, method);
  });
  return row == table.end() ? nullptr : &*row;
}

std::string methods_if(const route& where, const std::function<bool(const operation&)>& keeps) {
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

std::string methods_of(const route& where) {
  return methods_if(where, [](const operation&) { return true; });
}

bool is_allowed(std::string_view methods, std::string_view method) noexcept {
  return any_method(methods, [method](std::string_view each) { return each == method; });
}

} // namespace gantry::api
