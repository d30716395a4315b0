// GANTRY_SANITIZED is defined if AddressSanitizer or ThreadSanitizer instruments the code. Both
// have their own heap and open files while they inspect the process.
#pragma once

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define GANTRY_SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define GANTRY_SANITIZED
#endif
#endif
