#include "webhooks/position.hpp"

#include "base/file_replacement.hpp"
#include "base/file_text.hpp"
#include "base/text.hpp"

#include <stdexcept>

namespace gantry::webhooks {

namespace {

constexpr std::size_t max_text = 64;

} // namespace

position_file::position_file(const std::filesystem::path& folder, const std::string& name)
  : file_{folder.empty() ? folder : folder / name} {}

std::optional<std::uint64_t> position_file::load() const {
  if (file_.empty() || !std::filesystem::exists(file_))
    return std::nullopt;
  const auto text = read_file(file_.string(), max_text);
  const auto number =
    text && text->ends_with('\n') ? whole_number(text->substr(0, text->size() - 1)) : std::nullopt;
  if (!number)
    throw std::runtime_error{"the position of a webhook, " + file_.string() +
                             ", cannot be read: delete the file, and the webhook tells of what "
                             "happens from now on"};
  return number;
}

void position_file::save(std::uint64_t position) const {
  if (file_.empty())
    return;
  std::filesystem::create_directories(file_.parent_path());
  replace_file(file_, std::to_string(position) + "\n");
}

} // namespace gantry::webhooks
