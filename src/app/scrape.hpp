// Reads what a running registry counts, and writes it as Prometheus reads it.
#pragma once

#include <functional>
#include <string>

namespace gantry {
namespace api {
struct context;
class request_metrics;
} // namespace api
namespace http {
class server;
} // namespace http
namespace runtime {
class threads;
} // namespace runtime
namespace telemetry {
class access_logger;
class audit_log;
class tracer;
} // namespace telemetry
} // namespace gantry

namespace gantry::app {

/// The parts that are read. They outlive the scrapes.
struct scraped_parts {
  const api::context& context;
  const api::request_metrics& requests;
  const http::server& server;
  runtime::threads& threads;
  const telemetry::access_logger& access_log;
  /// Null without an audit log.
  const telemetry::audit_log* audit_log = nullptr;
  /// Null if nothing is traced.
  const telemetry::tracer* tracer = nullptr;
};

/// The text of one scrape. Thread-safe; does not block. It takes about as long as it has lines:
/// with all operations in use less than a millisecond.
std::string scrape(const scraped_parts& from);

} // namespace gantry::app
