// GANTRY_SANITIZED is defined in code that AddressSanitizer or ThreadSanitizer instruments: both
// have a heap of their own, and open files when they look at something.
#pragma once

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define GANTRY_SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define GANTRY_SANITIZED
#endif
#endif
