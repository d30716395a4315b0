#include "simulation/history.hpp"

#include "simulation/content.hpp"
#include "simulation/dice.hpp"

#include <array>
#include <ostream>
#include <utility>

namespace gantry::simulation {

namespace {

struct weighted {
  action what;
  const char* name;
  unsigned weight;
};

/// Each action, and how often it is chosen.
constexpr std::array<weighted, 25> actions{{
  {action::start_upload, "start_upload", 10},
  {action::add_chunk, "add_chunk", 10},
  {action::finish_upload, "finish_upload", 10},
  {action::cancel_upload, "cancel_upload", 1},
  {action::ask_upload, "ask_upload", 4},
  {action::mount_blob, "mount_blob", 6},
  {action::head_blob, "head_blob", 6},
  {action::pull_blob, "pull_blob", 4},
  {action::put_manifest, "put_manifest", 12},
  {action::pull_tag, "pull_tag", 8},
  {action::pull_manifest, "pull_manifest", 4},
  {action::delete_tag, "delete_tag", 3},
  {action::delete_manifest, "delete_manifest", 3},
  {action::delete_blob, "delete_blob", 3},
  {action::expire_tags, "expire_tags", 6},
  {action::undo, "undo", 6},
  {action::copy_manifest, "copy_manifest", 4},
  {action::delete_repository, "delete_repository", 1},
  {action::push_image, "push_image", 14},
  {action::collect, "collect", 8},
  {action::tidy, "tidy", 1},
  {action::wait, "wait", 8},
  {action::stop, "stop", 1},
  {action::crash, "crash", 2},
  {action::lose_power, "lose_power", 2},
}};

unsigned weight_of(const weighted& each, bool garbage) {
  switch (each.what) {
  case action::collect:
  case action::wait:
  case action::delete_blob:
  case action::head_blob:
  case action::delete_manifest: return garbage ? 3 * each.weight : each.weight;
  // What is copied is not garbage, and a run has many requests.
  case action::copy_manifest:
  case action::expire_tags: return garbage ? 1 : each.weight;
  // For a while after a start, nothing is collected.
  case action::stop:
  case action::crash:
  case action::lose_power: return garbage ? 0 : each.weight;
  default: return each.weight;
  }
}

action choose(dice& choices, bool garbage) {
  unsigned sum = 0;
  for (const auto& each : actions)
    sum += weight_of(each, garbage);
  auto left = static_cast<unsigned>(choices.below(sum));
  for (const auto& each : actions) {
    const auto weight = weight_of(each, garbage);
    if (left < weight)
      return each.what;
    left -= weight;
  }
  return action::wait;
}

conditions choose_conditions(dice& choices) {
  constexpr std::array<unsigned, 4> shares{5, 30, 60, 90};
  conditions made;
  made.engine_share = shares[choices.below(shares.size())];
  made.haste = 5 + static_cast<unsigned>(choices.below(60));
  made.interleaving = static_cast<unsigned>(choices.below(50));
  made.faults = choices.chance(15) ? 1 + static_cast<unsigned>(choices.below(20)) : 0;
  made.crashes = choices.chance(50) ? 1 + static_cast<unsigned>(choices.below(40)) : 0;
  made.power = choices.chance(60);
  made.capacity = choices.chance(8) ? 700 * 1024 : made.capacity;
  made.sync_time = choices.chance(20) ? 2000 : 1;
  made.delete_untagged = choices.chance(40);
  made.garbage = choices.chance(40);
  made.crashes = made.garbage ? 0 : made.crashes;
  made.keeps_removed = choices.chance(60);
  return made;
}

} // namespace

history make_history(std::uint64_t seed) {
  dice choices{seed};
  history made{seed, choose_conditions(choices), {}};
  const auto count = 8 + choices.below(40);
  for (std::size_t i = 0; i < count; ++i)
    made.operations.push_back(
      {choose(choices, made.around.garbage), static_cast<std::uint8_t>(choices.below(clients)),
       static_cast<std::uint32_t>(choices.next()), static_cast<std::uint32_t>(choices.next())});
  return made;
}

std::string to_string(const operation& each) {
  std::string name;
  for (const auto& known : actions)
    if (known.what == each.what)
      name = known.name;
  return "client " + std::to_string(each.client) + ": " + name + ' ' +
         std::to_string(each.first % 1000) + ' ' + std::to_string(each.second % 1000);
}

void print(std::ostream& out, const history& all) {
  const auto& around = all.around;
  out << "seed " << all.seed << ", engine_share " << around.engine_share << ", haste "
      << around.haste << ", interleaving " << around.interleaving << ", faults " << around.faults
      << ", crashes " << around.crashes << (around.power ? " of power" : "") << ", capacity "
      << around.capacity << ", sync_time " << around.sync_time
      << (around.delete_untagged ? ", delete_untagged" : "")
      << (around.keeps_removed ? ", keeps_removed" : "") << (around.garbage ? ", garbage" : "")
      << '\n';
  for (const auto& each : all.operations)
    out << "  " << to_string(each) << '\n';
}

} // namespace gantry::simulation
