#include "replay/har_member.hpp"

#include "domain/strict_json.hpp"

#include <boost/json/object.hpp>

namespace gantry::replay {

namespace json = boost::json;

error har_member::wrong(std::string_view what) const {
  return fail(errc::request_invalid, path_ + ": " + std::string{what});
}

result<har_member> har_member::member(std::string_view name) const {
  const auto* object = value_->if_object();
  if (!object)
    return path_.empty() ? fail(errc::request_invalid, "expected a JSON object")
                         : wrong("expected an object");
  const auto path = path_.empty() ? std::string{name} : path_ + "." + std::string{name};
  const auto* found = find_member(*object, name);
  if (!found)
    return fail(errc::request_invalid, path + ": this member is missing");
  return har_member{*found, path};
}

bool har_member::has(std::string_view name) const {
  const auto* object = value_->if_object();
  return object && find_member(*object, name);
}

har_member har_member::element(std::size_t index) const {
  return {value_->get_array()[index], path_ + "[" + std::to_string(index) + "]"};
}

result<std::string_view> har_member::text() const {
  const auto* known = value_->if_string();
  if (!known)
    return wrong("expected a text");
  return std::string_view{known->data(), known->size()};
}

result<const json::array*> har_member::list() const {
  const auto* known = value_->if_array();
  if (!known)
    return wrong("expected an array");
  return known;
}

result<unsigned> har_member::status() const {
  boost::system::error_code ec;
  const auto known = value_->to_number<unsigned>(ec);
  if (ec || known < 200 || known > 599)
    return wrong("expected a status from 200 to 599; remove the entry if it was not answered");
  return known;
}

bool har_member::is_positive() const {
  boost::system::error_code ec;
  return value_->to_number<double>(ec) > 0 && !ec;
}

} // namespace gantry::replay
