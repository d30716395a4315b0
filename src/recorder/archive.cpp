#include "recorder/archive.hpp"

#include "base/base64.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <boost/system/errc.hpp>

#include <cerrno>
#include <cstdlib>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace gantry::recorder {

namespace json = boost::json;
using boost::system::error_code;

namespace {

constexpr std::string_view back = "]}}\n";
/// Bytes of a body that are encoded at a time; a multiple of three, so that no padding is within.
constexpr std::size_t piece_size = 3 * 64 * 1024;

const error_code too_large = make_error_code(boost::system::errc::file_too_large);

/// The mode that a file gets which a program creates.
::mode_t usual_mode() {
  const auto hidden = ::umask(0);
  ::umask(hidden);
  return 0666 & ~hidden;
}

std::string front(std::string_view version) {
  return R"({"log":{"version":"1.2","creator":{"name":"gantry","version":)" +
         json::serialize(json::string{to_ascii(version)}) + R"(},"entries":[)";
}

std::uint64_t base64_size(std::uint64_t bytes) {
  return (bytes + 2) / 3 * 4;
}

} // namespace

archive::archive(std::filesystem::path file, std::string_view version, std::uint64_t most)
  : file_{std::move(file)}, draft_{file_.string() + ".XXXXXX"}, most_{most} {
  if (std::error_code ignored; std::filesystem::is_directory(file_, ignored))
    refuse(EISDIR);
  descriptor_ = ::mkostemp(draft_.data(), O_CLOEXEC);
  if (descriptor_ < 0)
    refuse(errno);
  const auto ec = write(end_, front(version));
  if (!ec)
    return;
  ::close(descriptor_);
  ::unlink(draft_.c_str());
  refuse(ec.value());
}

archive::~archive() {
  if (draft_.empty())
    return;
  ::close(descriptor_);
  ::unlink(draft_.c_str());
}

std::filesystem::path archive::folder() const {
  const auto parent = file_.parent_path();
  return parent.empty() ? "." : parent;
}

error_code archive::add(const exchange& seen, const spool& body) {
  if (count_ == replay::max_exchanges)
    return too_large;
  error_code ec;
  if (body.is_in_memory()) {
    const auto text = masked_body(seen.target, body.bytes());
    ec = is_utf8(text) ? add_text(seen, text) : add_bytes(seen, body);
  } else {
    ec = add_bytes(seen, body);
  }
  count_ += ec ? 0 : 1;
  return ec;
}

error_code archive::add_text(const exchange& seen, std::string_view text) {
  auto entry = render_front(seen, text.size(), false);
  entry.append(json::serialize(json::string{text.data(), text.size()})).append(entry_back);
  return add_whole(entry);
}

error_code archive::add_whole(std::string_view entry) {
  if (!has_room(entry.size()))
    return too_large;
  auto end = end_;
  auto ec = count_ > 0 ? write(end, ",\n") : error_code{};
  if (!ec)
    ec = write(end, entry);
  if (!ec)
    end_ = end;
  return ec;
}

error_code archive::add_bytes(const exchange& seen, const spool& body) {
  const auto head = render_front(seen, body.size(), true) + '"';
  if (!has_room(head.size() + base64_size(body.size()) + 1 + entry_back.size()))
    return too_large;
  auto end = end_;
  auto ec = write(end, (count_ > 0 ? ",\n" : "") + head);
  std::string piece;
  for (std::uint64_t offset = 0; !ec && offset < body.size(); offset += piece.size()) {
    ec = body.read(offset, piece_size, piece);
    if (!ec && piece.empty())
      ec = make_error_code(boost::system::errc::io_error); // the file was cut
    if (!ec)
      ec = write(end, to_base64(piece));
  }
  if (!ec)
    ec = write(end, concat("\"", entry_back));
  if (!ec)
    end_ = end;
  return ec;
}

bool archive::has_room(std::uint64_t bytes) const noexcept {
  constexpr std::uint64_t around = 2 + back.size();
  return end_ + bytes + around <= most_;
}

void archive::finish() {
  auto end = end_;
  auto ec = write(end, back);
  // A failed entry may have left something behind.
  if (!ec && ::ftruncate(descriptor_, static_cast<off_t>(end)) != 0)
    ec = last_error();
  if (!ec && (::fchmod(descriptor_, usual_mode()) != 0 || ::fsync(descriptor_) != 0 ||
              ::rename(draft_.c_str(), file_.c_str()) != 0))
    ec = last_error();
  if (ec)
    refuse(ec.value());
  ::close(descriptor_);
  draft_.clear();
}

error_code archive::write(std::uint64_t& end, std::string_view bytes) const {
  while (!bytes.empty()) {
    const auto written = ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(end));
    if (written < 0 && errno != EINTR)
      return last_error();
    const auto count = static_cast<std::size_t>(written < 0 ? 0 : written);
    end += count;
    bytes.remove_prefix(count);
  }
  return {};
}

void archive::refuse(int code) const {
  throw std::runtime_error{file_.string() + ": " + std::generic_category().message(code)};
}

} // namespace gantry::recorder
