// A thread of the server that works beside its requests.
#pragma once

#include <functional>
#include <thread>

namespace gantry {

/// Starts a thread with all signals blocked: the program's signals are for its other threads.
/// `name` has at most 15 bytes, as the kernel shows it.
std::thread start_background_thread(const char* name, std::function<void()> work);

} // namespace gantry
