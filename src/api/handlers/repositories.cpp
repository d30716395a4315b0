// Whole repositories and whole images: deleted, renamed, copied.
#include "api/authorisation.hpp"
#include "api/call.hpp"
#include "api/claims.hpp"
#include "api/exchange.hpp"
#include "api/image_closure.hpp"
#include "api/requests.hpp"
#include "api/responses.hpp"

#include "domain/image_reference.hpp"
#include "listing/index.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <string>
#include <utility>

namespace gantry::api {

namespace {

void add_summary(boost::json::object& told, const change_summary& made) {
  told["change"] = made.change;
  told["manifests"] = made.manifests;
  told["tags"] = made.tags;
}

} // namespace

answer handle(exchange& ex, delete_repository request) {
  msg::delete_manifests remove{changer_of(ex), request.purge};
  auto gone = co_await call_repository(ex, request.repository, std::move(remove));
  if (!gone)
    co_return make_error_response(gone.error());
  if (gone->made.change == 0 && !request.purge)
    co_return make_error_response(fail(errc::name_unknown, request.repository.to_string()));
  boost::json::object told{{"repository", request.repository.to_string()}};
  add_summary(told, gone->made);
  co_return make_json(200, boost::json::serialize(told));
}

/// Who may not read the content shall not get it under a name where they may.
answer handle(exchange& ex, rename_repository request) {
  if (!may_pull(ex, request.repository))
    co_return make_error_response(fail(errc::denied, "pull in " + request.repository.to_string()));
  msg::rename_repository rename{request.repository, request.to};
  auto renamed = co_await call(ex, ex.server.services.directory.get(), std::move(rename));
  if (!renamed)
    co_return make_error_response(renamed.error());
  ex.server.listing->rename(request.repository, request.to);
  co_return make_json(
    200, boost::json::serialize(boost::json::object{{"repository", request.to.to_string()},
                                                    {"before", request.repository.to_string()}}));
}

answer handle(exchange& ex, copy_image request) {
  auto claim = co_await claim_bytes(ex, ex.server.bytes.texts(max_image_bytes), max_image_bytes);
  if (!claim)
    co_return make_error_response(claim.error());
  auto found = co_await find_closure(ex, request.from, request.wanted);
  if (!found)
    co_return make_error_response(found.error());
  const auto id = found->front().value->id();
  auto name = std::move(request.new_tag);
  if (const auto* same = std::get_if<tag>(&request.wanted); same && !name)
    name = *same;
  if (name)
    found->front().tags.push_back(*name);
  msg::copy_manifests copy{request.from, std::move(*found), changer_of(ex)};
  auto copied =
    co_await call_repository(ex, request.repository, std::move(copy), absent_repository::create);
  if (!copied)
    co_return make_error_response(copied.error());
  boost::json::object told{{"from", image_reference{request.from, request.wanted}.to_string()},
                           {"repository", request.repository.to_string()}};
  if (name)
    told["tag"] = name->to_string();
  told["digest"] = id.to_string();
  add_summary(told, copied->made);
  co_return make_json(200, boost::json::serialize(told));
}

} // namespace gantry::api
