// Records each finished request in the journal.
#pragma once

#include "api/observer.hpp"
#include "journal/journal.hpp"

namespace gantry::api {

/// Leaves out what steers the registry as a test double, and resets: a journal that was just
/// cleared is empty.
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
