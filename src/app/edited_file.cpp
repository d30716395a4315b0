#include "app/edited_file.hpp"

#include "base/file_replacement.hpp"

#include <cerrno>
#include <fstream>
#include <ios>
#include <iterator>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <sys/stat.h>
#include <unistd.h>

namespace gantry::app {

namespace {

namespace fs = std::filesystem;

/// Without the right to give files away, the owner stays the one who edits it.
bool keep_owner_and_mode(int descriptor, const fs::path& target) {
  struct stat known {};
  if (::stat(target.c_str(), &known) == 0) {
    [[maybe_unused]] const int given = ::fchown(descriptor, known.st_uid, known.st_gid);
    ::fchmod(descriptor, known.st_mode & 07777);
  }
  return true;
}

} // namespace

edited_file::edited_file(fs::path file) : file_{std::move(file)} {
  std::ifstream input{file_, std::ios::binary};
  is_there_ = static_cast<bool>(input);
  if (!input && errno != ENOENT)
    refuse(errno);
  text_.assign(std::istreambuf_iterator<char>{input}, {});
  if (input.bad())
    refuse("this file cannot be read");
}

void edited_file::demand() const {
  if (!is_there_)
    refuse(ENOENT);
}

void edited_file::write(const std::string& text) const {
  const auto target = fs::exists(file_) ? fs::canonical(file_) : file_;
  try {
    replace_file(target, text,
                 [&](int descriptor) { return keep_owner_and_mode(descriptor, target); });
  } catch (const std::system_error& failure) {
    refuse(failure.code().value());
  }
}

void edited_file::refuse(const std::string& why) const {
  throw std::runtime_error{file_.string() + ": " + why};
}

void edited_file::refuse(int code) const {
  refuse(std::generic_category().message(code));
}

} // namespace gantry::app
