#include "domain/history.hpp"

namespace gantry {

std::string_view to_string(change_kind kind) noexcept {
  switch (kind) {
  case change_kind::push: return "push";
  case change_kind::move: return "move";
  case change_kind::remove: return "delete";
  case change_kind::undelete: return "undelete";
  case change_kind::copy: return "copy";
  case change_kind::expire: return "expire";
  }
  return "push";
}

} // namespace gantry
