// Errors with messages of their own.
#pragma once

#include <boost/system/error_code.hpp>

#include <string>

namespace gantry::net {

// Boost.System gives its base no virtual destructor; none is destroyed through it.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"

/// A category whose messages come from a function. Lives as long as the program.
class failure_category final : public boost::system::error_category {
public:
  using explain = std::string (*)(int code);

  /// `name` has static lifetime.
  constexpr failure_category(const char* name, explain explains) noexcept
    : name_{name}, message_{explains} {}

  const char* name() const noexcept override { return name_; }
  std::string message(int code) const override { return message_(code); }

private:
  const char* name_;
  explain message_;
};

#pragma GCC diagnostic pop

} // namespace gantry::net
