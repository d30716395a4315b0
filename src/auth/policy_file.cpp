#include "auth/policy_file.hpp"

#include "auth/yaml_file.hpp"
#include "policy/reader.hpp"
#include "telemetry/log.hpp"

#include <stdexcept>
#include <string>
#include <utility>

namespace gantry::auth {

policy_file::policy_file(const std::filesystem::path& file, std::function<clock::time_point()> now)
  : now_{std::move(now)},
    file_{file, yaml::max_bytes},
    rules_{read_yaml(file_, policy::read_policy)},
    looks_{look_interval, now_()} {}

std::shared_ptr<const policy::rule_set> policy_file::take() {
  // One thread looks; the others go on with what is known.
  if (looks_.take_turn(now_()))
    look();
  return rules_.take();
}

void policy_file::look() {
  const lock_guard lock{mutex_};
  if (file_.has_changed())
    reread();
}

bool policy_file::reload() {
  const lock_guard lock{mutex_};
  return reread();
}

bool policy_file::reread() {
  try {
    rules_.replace(read_yaml(file_, policy::read_policy));
    complaint_.clear();
    return true;
  } catch (const std::runtime_error& wrong) {
    if (std::exchange(complaint_, wrong.what()) != wrong.what())
      telemetry::log().error("policy: {}; the policy of before stays in force", wrong.what());
    return false;
  }
}

} // namespace gantry::auth
