// A storage engine around another one that does everything late and elsewhere, as one that is far
// away: on a thread of its own, or when the test says so.
#pragma once

#include "base/mutex.hpp"
#include "storage/api/engine.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <thread>

namespace gantry::test {

/// Work in the order of `post`. Any thread may post.
class late_work_queue {
public:
  enum class runs : std::uint8_t { on_its_thread, when_told };

  explicit late_work_queue(runs how);
  /// Runs what is left.
  ~late_work_queue();
  late_work_queue(const late_work_queue&) = delete;
  late_work_queue& operator=(const late_work_queue&) = delete;

  void post(std::function<void()> work);
  /// Runs the first one; false if there is none. Only `when_told`.
  bool run_one();
  std::size_t waiting() const;

private:
  struct state {
    mutable mutex guard;
    condition_variable wake;
    std::deque<std::function<void()>> queue GANTRY_GUARDED_BY(guard);
    bool stopping GANTRY_GUARDED_BY(guard) = false;

    void run();
    bool run_one();
  };

  /// Shared with the thread: what it runs may be the last owner of the queue.
  std::shared_ptr<state> state_ = std::make_shared<state>();
  std::thread thread_;
};

/// Each operation of `inner` runs on `queue`, and so does its answer, unless `inner` is late
/// itself. Blobs have readers. With `elsewhere`, clients are redirected to that URL with the digest
/// behind it, instead.
std::unique_ptr<storage_engine> make_late_engine(std::unique_ptr<storage_engine> inner,
                                                 std::shared_ptr<late_work_queue> queue,
                                                 std::string elsewhere = {});

} // namespace gantry::test
