// The history as JSON, and what a client asks to undo.
#pragma once

#include "api/exchange.hpp"
#include "domain/error.hpp"
#include "domain/history.hpp"
#include "domain/repository_name.hpp"
#include "domain/undo.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::api {

/// Bytes of an undo.
inline constexpr std::size_t max_undo_text = 4096;

/// How much of who made a change is told.
enum class changer_detail : std::uint8_t {
  user,
  /// Also the token and the address.
  all,
};

/// A token's id and an address are for administrators.
changer_detail detail_for(const exchange& ex);

/// `{"repository":"team/app","entries":[…]}`; each entry is
/// `{"sequence":12,"change":11,"time":"…Z","event":"move","tag":"latest","before":"sha256:…",
/// "after":"sha256:…","mediaType":"…","size":7,"user":"ann"}`; members without a value are absent.
std::string render(const repository_name& repository, const std::vector<history_entry>& entries,
                   changer_detail shown);

/// Reads `{"sequence":12}`, `{"tag":"latest","to":"2026-01-31T12:00:00Z"}`, or
/// `{"manifest":"sha256:…"}`. Errors: request_invalid, with the member that is wrong.
result<decltype(undo_request::what)> read_undo(std::string_view text);

} // namespace gantry::api
