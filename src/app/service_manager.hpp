// The protocol of systemd for its services, sd_notify(3) and sd_listen_fds(3), without its library.
#pragma once

#include <string_view>
#include <vector>

namespace gantry::app {

/// Tells the service manager how the process is: `READY=1`, `STOPPING=1`, or several such lines.
/// Does nothing if the environment names no socket of one (`NOTIFY_SOCKET`), and never fails: a
/// registry serves without being watched.
void notify(std::string_view state) noexcept;

/// The listening sockets that the service manager passed to this process (`LISTEN_FDS`); empty for
/// none. They are not passed on to other processes, and a second call returns none. Call it before
/// any thread starts.
std::vector<int> inherited_sockets();

} // namespace gantry::app
