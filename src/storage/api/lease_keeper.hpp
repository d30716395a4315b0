// Who decides about digests for an engine: what is leased, and who works on what.
#pragma once

#include "domain/digest.hpp"
#include "domain/time_point.hpp"
#include "storage/api/completion.hpp"

#include <cstdint>
#include <vector>

namespace gantry {

/// A digest that is reserved for the engine.
struct reserved_digest {
  digest id;
  /// When its last lease ended; long ago if none is remembered.
  time_point leased_until{};
  /// Set by the engine before it ends the reservation: nothing links the blob any more, so its
  /// lease need not be remembered.
  bool is_gone = false;
};

/// Which digests an engine may reserve.
enum class leased_digests : std::uint8_t {
  /// Those whose lease is over.
  stay,
  /// All: their bytes are unusable, or all leases are over.
  may_go,
};

/// An engine reserves a digest before it removes a link to it or its bytes, and while it moves
/// bytes that are damaged. A reserved digest is not published, and not found. Any thread.
class lease_keeper {
public:
  virtual ~lease_keeper() = default;

  /// Answers with those of `wanted` that are reserved now: not those that are leased, being
  /// published or searched, or reserved already. Each of `wanted` is another digest.
  virtual void reserve(std::vector<digest> wanted, leased_digests leased,
                       completion<std::vector<reserved_digest>> done) = 0;
  virtual void release(std::vector<reserved_digest> held) = 0;
};

} // namespace gantry
