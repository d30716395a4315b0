// Opens what a registry needs of the machine, as its options say.
#pragma once

#include "app/registry_options.hpp"
#include "auth/login.hpp"
#include "auth/policy_file.hpp"
#include "base/adjustable_clock.hpp"
#include "net/tls_identity.hpp"
#include "storage/api/engine.hpp"
#include "storage/api/quota_ledger.hpp"
#include "telemetry/access_log.hpp"
#include "telemetry/tracer.hpp"

#include <memory>
#include <string>
#include <vector>

namespace gantry::app {

/// Fills in what the configuration leaves to the machine, and what actors and front end must agree
/// on.
registry_options complete(registry_options settings);

/// Null with a folder: its times outlive the process, and its files have real ones.
std::shared_ptr<adjustable_clock> make_clock(const registry_options& settings);

/// Null for plain HTTP. Throws std::invalid_argument and std::runtime_error.
std::unique_ptr<net::tls_identity> make_identity(const net::tls_options& settings);

/// Logs a warning for each percentage that is told. Null without quotas.
std::shared_ptr<quota_ledger> make_ledger(const std::vector<quota>& quotas);

/// Null if nothing is traced.
std::unique_ptr<telemetry::tracer> make_tracer(const otlp::settings& settings);

/// In memory, or in the folder. Throws std::runtime_error.
std::unique_ptr<storage_engine> open_engine(const registry_options& settings,
                                            const std::shared_ptr<adjustable_clock>& clock,
                                            const std::shared_ptr<quota_ledger>& quotas);

/// On stdout, or in a file. Throws std::runtime_error.
std::unique_ptr<telemetry::access_logger> open_access_log(const registry_options& settings);

/// Null if clients need not log in. Throws std::runtime_error, naming the file and what is wrong
/// with it.
std::unique_ptr<auth::login> open_login(const registry_options& settings);

/// Throws std::runtime_error, naming the option.
std::unique_ptr<auth::policy_file> open_policy(const std::string& file);

} // namespace gantry::app
