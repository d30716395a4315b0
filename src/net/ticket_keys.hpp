// The keys that encrypt session tickets, by which clients resume sessions without a full handshake.
#pragma once

#include "base/current.hpp"

#include <array>
#include <chrono>
#include <functional>
#include <memory>

struct evp_cipher_ctx_st;
struct evp_cipher_st;
struct evp_mac_ctx_st;

namespace gantry::net {

/// Outlives the certificates: a session can be resumed after a reload. A key encrypts for
/// `lifetime`, and decrypts for at least as long again; then it is forgotten, and with it what the
/// sessions said (RFC 8446, 8.1 and appendix B.3.4). Thread-safe.
class ticket_keys {
public:
  using clock = std::chrono::steady_clock;
  static constexpr std::chrono::hours lifetime{2};

  explicit ticket_keys(std::function<clock::time_point()> now = clock::now);
  ~ticket_keys();

  using name = std::array<unsigned char, 16>;
  using initial_vector = std::array<unsigned char, 16>;

  /// Prepares both contexts for a new ticket and fills in the name of its key. False on failure.
  bool encrypt(unsigned char* key_name, unsigned char* vector, evp_cipher_ctx_st* cipher,
               evp_mac_ctx_st* mac);
  enum class found { unknown, current, old, failed };
  /// Prepares both contexts for a ticket of the key with this name.
  found decrypt(const unsigned char* key_name, const unsigned char* vector,
                evp_cipher_ctx_st* cipher, evp_mac_ctx_st* mac);

private:
  struct key;
  struct key_pair;

  std::shared_ptr<const key_pair> take();
  bool prepare(const key& chosen, const unsigned char* vector, bool encrypts,
               evp_cipher_ctx_st* cipher, evp_mac_ctx_st* mac) const;

  const std::function<clock::time_point()> now_;
  /// Found once: looking it up takes longer than a ticket.
  evp_cipher_st* const cipher_;
  mutex mutex_;
  std::shared_ptr<const key_pair> keys_ GANTRY_GUARDED_BY(mutex_);
};

} // namespace gantry::net
