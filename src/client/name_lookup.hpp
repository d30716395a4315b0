// Looks up the address of a host without keeping a thread from ending.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace gantry::client {

/// The addresses of a host; empty if it has none, or the system does not say in time. A name is
/// looked up on a thread of its own, which is left behind if it takes longer: the system's resolver
/// cannot be interrupted, and Asio's waits for it when the server stops. Ends early, also without
/// an address, if `is_cut` becomes true, which the thread of the coroutine sets.
boost::asio::awaitable<std::vector<boost::asio::ip::tcp::endpoint>>
look_up(std::string host, std::uint16_t port, std::chrono::milliseconds at_most,
        const bool& is_cut);

} // namespace gantry::client
