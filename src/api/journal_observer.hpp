// Records each finished request in the journal.
#pragma once

#include "api/observer.hpp"
#include "journal/journal.hpp"

namespace gantry::api {

/// Leaves out requests to the registry's controls, answered or refused: a journal that was just
/// cleared is empty, and what a test asks for itself is not in the way.
class journal_observer final : public observer {
public:
  /// `requests` outlives the observer.
  explicit journal_observer(journal::journal& requests) : requests_{requests} {}

  bool is_enabled() const noexcept override { return requests_.is_on(); }
  bool wants_facts() const noexcept override { return true; }
  void finished(const finished_request& what) override;

private:
  journal::journal& requests_;
};

} // namespace gantry::api
