#include "actors/errors.hpp"

#include <caf/atom.hpp>
#include <caf/message.hpp>
#include <caf/sec.hpp>

#include <string>
#include <vector>

namespace gantry {

namespace {

constexpr auto category = caf::atom("gantry");

} // namespace

caf::error to_caf(error failure) {
  return caf::error{static_cast<std::uint8_t>(failure.code), category,
                    caf::make_message(std::move(failure.detail), std::move(failure.further))};
}

error from_caf(const caf::error& failure) {
  if (failure.category() == category) {
    error known{static_cast<errc>(failure.code()), {}, {}};
    const auto& context = failure.context();
    if (context.match_elements<std::string, std::vector<std::string>>()) {
      known.detail = context.get_as<std::string>(0);
      known.further = context.get_as<std::vector<std::string>>(1);
    }
    return known;
  }
  if (failure == caf::sec::request_timeout)
    return fail(errc::timed_out);
  if (is_receiver_gone(failure))
    return fail(errc::unavailable);
  return fail(errc::internal);
}

bool is_receiver_gone(const caf::error& failure) {
  return failure == caf::sec::request_receiver_down || failure.category() == caf::atom("exit");
}

} // namespace gantry
