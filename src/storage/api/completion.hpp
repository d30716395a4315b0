// How an engine answers.
#pragma once

#include "domain/error.hpp"

#include <functional>

namespace gantry {

/// Called exactly once with the outcome of an operation, on any thread: by an engine that knows the
/// answer at once, before the operation returns; by others later. The engine holds no lock then. A
/// completion does not block, and throws nothing. An operation that throws has not called it, and
/// will not.
template <class T>
using completion = std::function<void(result<T>)>;

} // namespace gantry
